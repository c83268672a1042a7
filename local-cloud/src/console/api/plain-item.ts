type Value = Readonly<Record<string, unknown>>;

/**
 * An item as plain JSON (DynamoDB API Reference, "AttributeValue"): numbers as numbers where JavaScript holds them exactly, else as text; binary as Base64; sets as
 * lists.
 */
export function plainItem(item: Readonly<Record<string, Value>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
}

function plain(value: Value): unknown {
  const [[type, held] = ['NULL', true]] = Object.entries(value);
  switch (type) {
    case 'N':
      return number(String(held));
    case 'NS':
      return (held as string[]).map(number);
    case 'NULL':
      return null;
    case 'L':
      return (held as Value[]).map(plain);
    case 'M':
      return plainItem(held as Record<string, Value>);
    default:
      return held;
  }
}

function number(text: string): number | string {
  const value = Number(text);
  return String(value) === text ? value : text;
}
