import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Dimensions } from './metric-store.ts';

/** Numbers are text in the Query protocol. */
export const apiNumber = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/)
    .transform(Number),
]);
export const apiBoolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
/** A date, seconds since 1970 (JSON) or ISO 8601 (Query). */
export const apiTime_ms = z.union([
  z.date().transform((date) => date.getTime()),
  z.number().transform((seconds) => seconds * 1000),
  z
    .string()
    .transform((text) => Date.parse(text))
    .refine((time) => Number.isFinite(time), { message: 'must be a time of ISO 8601' }),
]);

/** "Dimension": up to 30, each with a name and a value. */
export const apiDimensions = z
  .array(z.strictObject({ Name: z.string().min(1).max(255), Value: z.string().min(1).max(1024) }))
  .max(30)
  .default([]);

export const apiTags = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }));

export function dimensionsOf(list: z.output<typeof apiDimensions>): Dimensions {
  return Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
}

/** As the API shows them. */
export function shownDimensions(dimensions: Dimensions): { Name: string; Value: string }[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

/** "Common Error Types" of the CloudWatch API Reference. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}
