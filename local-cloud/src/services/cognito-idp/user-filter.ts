import { invalid } from './user-attributes.ts';
import type { User } from './user-pool-store.ts';

/** Cognito API Reference, ListUsers, Filter: attributes that can be searched; custom ones can't. */
const SEARCHABLE = new Set([
  'username',
  'sub',
  'email',
  'phone_number',
  'name',
  'given_name',
  'family_name',
  'preferred_username',
  'cognito:user_status',
  'status',
]);

/** Reads `attribute = "value"` or `attribute ^= "prefix"`; an empty filter takes everybody. Throws InvalidParameterException. */
export function parseUserFilter(text: string): (user: User) => boolean {
  if (text.trim() === '') return () => true;
  const [, quoted, bare, operator, escaped] = /^\s*(?:"([^"]+)"|([\w:]+))\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(text) ?? [];
  const name = quoted ?? bare;
  if (name === undefined || escaped === undefined) throw invalid('Error while parsing filter.');
  if (!SEARCHABLE.has(name)) throw invalid(`Error while parsing filter: ${name} is not searchable.`);
  const wanted = fold(name, escaped.replace(/\\(.)/g, '$1'));
  return (user) => {
    const actual = searchedValue(user, name);
    if (actual === undefined) return false;
    return operator === '=' ? fold(name, actual) === wanted : fold(name, actual).startsWith(wanted);
  };
}

function searchedValue(user: User, name: string): string | undefined {
  switch (name) {
    case 'username':
      return user.username;
    case 'status':
      return user.enabled ? 'Enabled' : 'Disabled';
    case 'cognito:user_status':
      return user.status;
    default:
      return user.attributes[name];
  }
}

/** Only the username's case counts. */
function fold(name: string, value: string): string {
  return name === 'username' ? value : value.toLowerCase();
}
