/** Keys that npm writes before others. */
const FIRST = ['name', 'version', 'lockfileVersion', 'resolved', 'integrity', 'requires', 'packages', 'dependencies'];

const rank = (key) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);

/** A lock file's text as npm writes it, so that npm changes nothing when it writes the file again: plain values and lists before objects, well-known keys before the others, those in English order. */
export function lockText(lock) {
  return `${JSON.stringify(ordered(lock), undefined, 2)}\n`;
}

function ordered(value) {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  const isObject = (key) => (typeof value[key] === 'object' && value[key] !== null && !Array.isArray(value[key]) ? 1 : 0);
  const keys = Object.keys(value).sort(
    (one, other) => isObject(one) - isObject(other) || rank(one) - rank(other) || one.localeCompare(other, 'en'),
  );
  return Object.fromEntries(keys.map((key) => [key, ordered(value[key])]));
}
