/** A map as the Query protocol writes it: `<entry><key>…</key><value>…</value></entry>`. */
export class XmlMap {
  readonly entries: readonly (readonly [string, string])[];
  readonly names: readonly [entry: string, key: string, value: string];

  constructor(record: Readonly<Record<string, string>>, names: readonly [string, string, string] = ['entry', 'key', 'value']) {
    this.entries = Object.entries(record);
    this.names = names;
  }
}

/** A list without a wrapping element, or whose items have another name than `member`. */
export class XmlList {
  readonly items: readonly unknown[];
  readonly itemName: string;
  readonly flattened: boolean;

  constructor(items: readonly unknown[], itemName: string, flattened = false) {
    this.items = items;
    this.itemName = itemName;
    this.flattened = flattened;
  }
}

/**
 * Writes a value as XML elements. Arrays become `<name><member>…</member></name>`, dates RFC 3339, undefined and null
 * nothing at all.
 */
export function toXml(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value instanceof XmlMap) {
    const [entry, key, item] = value.names;
    return element(name, value.entries.map(([k, v]) => element(entry, element(key, escapeXml(k)) + element(item, escapeXml(v)))).join(''));
  }
  if (value instanceof XmlList) {
    if (value.flattened) return value.items.map((item) => toXml(name, item)).join('');
    return element(name, value.items.map((item) => toXml(value.itemName, item)).join(''));
  }
  if (Array.isArray(value)) return element(name, value.map((item) => toXml('member', item)).join(''));
  if (value instanceof Date) return element(name, value.toISOString());
  if (typeof value === 'object') return element(name, membersToXml(value));
  return element(name, escapeXml(String(value)));
}

/** The members of an object, one element each. */
export function membersToXml(value: object): string {
  return Object.entries(value)
    .map(([name, member]) => toXml(name, member))
    .join('');
}

function element(name: string, content: string): string {
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;', '\r': '&#xD;' };

export function escapeXml(text: string): string {
  return (
    text
      .replace(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? character)
      // Characters that XML 1.0 cannot hold at all would make the whole answer unreadable.
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
  );
}
