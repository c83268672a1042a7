import { randomBytes } from 'node:crypto';

/**
 * The trace under which a function runs (X-Ray Developer Guide, "Tracing header"): the caller's when it brought one, else
 * a new one, sampled when the function traces actively.
 */
export function traceFor(callersHeader: string | undefined, mode: 'Active' | 'PassThrough', time_ms: number): string {
  const root = callersHeader === undefined ? undefined : /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(callersHeader)?.[1];
  const parent = callersHeader === undefined ? undefined : /Parent=([0-9a-f]{16})/.exec(callersHeader)?.[1];
  const sampled = callersHeader === undefined ? undefined : /Sampled=([01])/.exec(callersHeader)?.[1];
  const newRoot = () => `1-${Math.floor(time_ms / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  return `Root=${root ?? newRoot()};Parent=${parent ?? randomBytes(8).toString('hex')};Sampled=${sampled ?? (mode === 'Active' ? '1' : '0')}`;
}
