import { createHash } from 'node:crypto';
import { z } from 'zod';
import { invalidParameter } from './sqs-errors.ts';

const binary = z.union([z.string(), z.instanceof(Uint8Array).transform((bytes) => Buffer.from(bytes).toString('base64'))]);

/** A message attribute; BinaryValue is kept as Base64 text. Lists are reserved by SQS for the future. */
export const messageAttributeValue = z.strictObject({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: binary.optional(),
});
export const messageAttributes = z.record(z.string(), messageAttributeValue);

export type MessageAttributeValue = z.output<typeof messageAttributeValue>;
export type MessageAttributes = Readonly<Record<string, MessageAttributeValue>>;

/** SQS Developer Guide, "Amazon SQS message quotas". */
const MAX_ATTRIBUTES = 10;
/** Characters that a message may hold (SQS Developer Guide, "Amazon SQS message quotas"): a single surrogate isn't one. */
const FORBIDDEN_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

export function hasForbiddenCharacter(text: string): boolean {
  return FORBIDDEN_CHARACTER.test(text);
}

/** Throws InvalidParameterValue for what "Amazon SQS message metadata" (SQS Developer Guide) doesn't allow. */
export function checkMessageAttributes(attributes: MessageAttributes): void {
  const entries = Object.entries(attributes);
  if (entries.length > MAX_ATTRIBUTES) {
    throw invalidParameter(`Number of message attributes [${entries.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`);
  }
  for (const [name, { DataType, StringValue, BinaryValue }] of entries) {
    if (!/^(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/.test(name) || /^(aws|amazon)\./i.test(name)) {
      throw invalidParameter(
        `The message attribute name '${name}' is invalid. Attribute name can contain A-Z, a-z, 0-9, _, -, and . only.`,
      );
    }
    const type = /^(String|Number|Binary)(\..{1,256})?$/.exec(DataType)?.[1];
    if (type === undefined || DataType.length > 256) {
      throw invalidParameter(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      );
    }
    const value = type === 'Binary' ? BinaryValue : StringValue;
    if (value === undefined || value === '' || (type === 'Binary' ? StringValue : BinaryValue) !== undefined) {
      throw invalidParameter(`The message attribute '${name}' must contain a non-empty value of type '${DataType}'.`);
    }
    if (type === 'Number' && !Number.isFinite(Number(value))) {
      throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
    }
    if (type === 'String' && hasForbiddenCharacter(value)) {
      throw invalidParameter(`The message attribute '${name}' holds a character that SQS does not accept.`);
    }
  }
}

/** Bytes that attributes count for: names, types and values (SQS Developer Guide, "Amazon SQS message metadata"). */
export function attributesSize_bytes(attributes: MessageAttributes): number {
  let size = 0;
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(DataType);
    size += StringValue === undefined ? Buffer.byteLength(BinaryValue ?? '', 'base64') : Buffer.byteLength(StringValue);
  }
  return size;
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/**
 * The digest by which clients verify attributes (SQS Developer Guide, "Calculating the MD5 message digest for message
 * attributes"): by name, each part preceded by its length in four bytes, the value by a byte for its kind.
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const part = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const { DataType = '', StringValue, BinaryValue = '' } = attributes[name] ?? {};
    part(Buffer.from(name));
    part(Buffer.from(DataType));
    hash.update(Buffer.of(StringValue === undefined ? 2 : 1));
    part(StringValue === undefined ? Buffer.from(BinaryValue, 'base64') : Buffer.from(StringValue));
  }
  return hash.digest('hex');
}

/** The attributes that a receiver named: by name, by `prefix.*`, or all by `All` or `.*`. */
export function selectAttributes(attributes: MessageAttributes, names: readonly string[]): MessageAttributes {
  if (names.length === 0) return {};
  const matches = (name: string) =>
    names.some(
      (wanted) => wanted === 'All' || wanted === '.*' || wanted === name || (wanted.endsWith('.*') && name.startsWith(wanted.slice(0, -1))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => matches(name)));
}

/** As the API shows them: BinaryValue in bytes. */
export function shownAttributes(attributes: MessageAttributes): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { BinaryValue, ...rest }]) => [
      name,
      BinaryValue === undefined ? rest : { ...rest, BinaryValue: Buffer.from(BinaryValue, 'base64') },
    ]),
  );
}
