/** A value as DynamoDB's JSON has it ("DynamoDB low-level API": data type descriptors), as far as items of history hold some. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly NULL: true }
  | { readonly M: Readonly<Record<string, AttributeValue>> };

export type PlainValue = string | number | null | { readonly [name: string]: PlainValue };

export function attributeValue(value: PlainValue): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  return value === null ? { NULL: true } : { M: attributeValues(value) };
}

export function attributeValues(item: Readonly<Record<string, PlainValue>>): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attributeValue(value)]));
}
