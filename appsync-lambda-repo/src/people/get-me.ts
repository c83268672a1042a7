import { organizationKey, type TokenClaims, userKey } from '@enstratus/contract';
import { RequestRefused } from '../resolver/request-refused.ts';
import type { Me } from '../schema.generated.ts';
import { text } from '../table/attributes.ts';
import type { Table } from '../table/table.ts';

/**
 * Who is signed in. Persona and organization are those of the token, since it is they that decide what is seen until it expires. Throws
 * RequestRefused for somebody who has been taken out since they signed in, and what DynamoDB throws.
 */
export async function getMe(caller: TokenClaims, table: Table): Promise<Me> {
  const [user, organization] = await Promise.all([
    table.get(userKey(caller.user_id), ['name', 'email']),
    table.get(organizationKey(caller.path), ['name']),
  ]);
  if (user === undefined) throw new RequestRefused('You are not a user any more.');
  return {
    user_id: caller.user_id,
    name: text(user, 'name'),
    email: text(user, 'email'),
    persona: caller.persona,
    organization: {
      path: caller.path,
      name: organization === undefined ? caller.path.slice(caller.path.lastIndexOf('/') + 1) : text(organization, 'name'),
    },
  };
}
