import { z } from 'zod';
import { badRequest } from './api-error.ts';

/** Forms carry every value as text; JSON carries its own types. Both are read the same. */
export const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1'),
  z.union([z.literal(1), z.literal(0)]).transform((number) => number === 1),
]);

/** A count that may come as text. */
export const count = z
  .union([z.number(), z.string().regex(/^\d+$/, 'must be a whole number').transform(Number)])
  .pipe(z.number().int().nonnegative());

/** A number, a boolean or a text, as a text. */
export const textual = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** 24 hexadecimal digits; Particle writes them in lower case. */
export const deviceId = z
  .string()
  .regex(/^[0-9a-fA-F]{24}$/, 'must be a device id: 24 hexadecimal digits')
  .transform((id) => id.toLowerCase());

/** An object, which a form carries as its JSON text. */
export function objectOrJson<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return value;
    }
  }, schema);
}

/** What `schema` makes of `input`; a field that it refuses is 400 and named. */
export function read<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw badRequest(field === '' ? (issue?.message ?? 'malformed') : `${field}: ${issue?.message ?? 'malformed'}`);
}
