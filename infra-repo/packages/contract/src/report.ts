import * as z from 'zod';
import { type DecodeFailure, type DecodeFailureReason, decoding, NotDecodable, parseJsonObject, utf8Bytes } from './decoding.ts';
import { maxEverySeconds, maxPackBytes, packVersion } from './pack.ts';
import { timeSchema } from './status-document.ts';
import { maxCounter, numberFields } from './status-fields.ts';

const counter = z.int().min(0).max(maxCounter);
/** The report's texts hold nothing that JSON would have to escape. */
const name = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 of A-Z, a-z, 0-9, ., - and _');
const maxHz = numberFields.find((field) => field.name === 'motor_hz')?.max ?? 0;

/** How a device itself sees things ("The report" in PROTOCOL.md). Times are epoch seconds. */
export const deviceReportSchema = z.strictObject({
  v: z.literal(packVersion),
  boot_id: counter,
  /** null while the clock is unknown. */
  time: timeSchema.nullable(),
  firmware: name,
  drive: name,
  drive_answers: z.boolean(),
  wanted: z.enum(['stop', 'run', 'sun']),
  wanted_by: z.enum(['command', 'schedule', 'unknown_clock', 'boot']),
  mode: z.enum(['auto', 'solar', 'grid']).nullable(),
  limit_hz: z.number().min(0).max(maxHz).multipleOf(0.1).nullable(),
  command_id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be 1 to 40 of A-Z, a-z, 0-9, - and _')
    .nullable(),
  command_result: z.int().min(-2_147_483_648).max(2_147_483_647).nullable(),
  schedule_id: counter,
  schedule_until: timeSchema.nullable(),
  pack_minutes: z.int().min(1).max(15),
  every_s: z.int().min(1).max(maxEverySeconds),
  packs_unsent: counter,
  dropped_documents: counter,
  uptime_s: counter,
});
export type DeviceReport = z.infer<typeof deviceReportSchema>;

/** A device's newest report in the table, under `reportKey`: in no index, below 1 KB. */
export const reportItemSchema = z.object({
  pk: z.string(),
  sk: z.literal('REPORT'),
  report: deviceReportSchema,
  /** Of the report, at the top so that a condition can compare them: within a boot the time since power came tells which is newer. */
  boot_id: counter,
  uptime_s: counter,
  /** Epoch seconds. */
  received_at: z.int().min(0),
});
export type ReportItem = z.infer<typeof reportItemSchema>;

export interface DecodedReport {
  readonly ok: true;
  readonly report: DeviceReport;
}

/**
 * Decodes what a device publishes as `status/report`. It never throws.
 *
 * @param data The published text, or the object in it where the webhook's template put it in as JSON.
 */
export function decodeReport(data: string | Readonly<Record<string, unknown>>): DecodedReport | DecodeFailure {
  return decoding(() => {
    const bytes = utf8Bytes(typeof data === 'string' ? data : JSON.stringify(data));
    if (bytes > maxPackBytes) throw new NotDecodable('too_large', `the report has ${bytes} bytes; ${maxPackBytes} are allowed`);
    const value = typeof data === 'string' ? parseJsonObject(data) : data;
    const parsed = deviceReportSchema.safeParse(value);
    if (!parsed.success) throw notDecodable(parsed.error.issues, value);
    return { ok: true as const, report: parsed.data };
  });
}

/** The first of what is wrong, in the order of the table in PROTOCOL.md: version, unknown keys, then the fields in their order. */
function notDecodable(issues: readonly z.core.$ZodIssue[], value: Readonly<Record<string, unknown>>): NotDecodable {
  if (value['v'] !== undefined && value['v'] !== packVersion) return new NotDecodable('unknown_version', `v must be ${packVersion}`, 'v');
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []))[0];
  if (unknown !== undefined) return new NotDecodable('unknown_field', 'the report has a field that is not known', unknown.slice(0, 40));
  const issue = issues.find(({ path }) => value[String(path[0])] === undefined) ?? issues[0];
  const field = String(issue?.path[0]);
  const given = value[field];
  if (given === undefined) return new NotDecodable('missing_field', `${field} is missing`, field);
  return new NotDecodable(reasonOf(issue, given), `${field}: ${issue?.message}`, field);
}

function reasonOf(issue: z.core.$ZodIssue | undefined, given: unknown): DecodeFailureReason {
  if (issue?.code === 'not_multiple_of') return 'wrong_resolution';
  if (issue?.code === 'invalid_type') return typeof given === 'number' && issue.expected === 'int' ? 'wrong_resolution' : 'wrong_type';
  if (issue?.code === 'invalid_value') return typeof given === 'string' ? 'out_of_range' : 'wrong_type';
  return 'out_of_range';
}
