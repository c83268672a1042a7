/**
 * How many bytes an item has for DynamoDB, at most ("DynamoDB item sizes and formats"): names and texts by their UTF-8 bytes, a number a byte for every two digits and one more,
 * null one, a list or map 3 and one for each member.
 */
export const itemSize = (item: object): number => members(item);

const members = (map: object): number =>
  Object.entries(map).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0);

function valueSize(value: unknown): number {
  if (value === null) return 1;
  if (typeof value === 'string') return Buffer.byteLength(value);
  // One more for the sign.
  if (typeof value === 'number') return Math.ceil(String(value).replace(/[-.]/g, '').length / 2) + 1 + (value < 0 ? 1 : 0);
  if (Array.isArray(value)) return 3 + value.reduce<number>((sum, member) => sum + 1 + valueSize(member), 0);
  return 3 + Object.keys(value as object).length + members(value as object);
}
