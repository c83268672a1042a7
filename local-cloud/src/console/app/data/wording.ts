/** What CloudFormation makes of a logical id: `<stack>-<logical id><8 hex digits>-<12 letters and digits>`. */
const GENERATED = /^([A-Za-z][A-Za-z0-9]*)-(.+?)([0-9A-F]{8})?-([A-Z0-9]{12}|[a-z0-9]{12})$/;

/** The name that a person gave: `ReceiveStatus` of `EnstratusIngest-ReceiveStatusFunction8EC91D6F-DOVK2TO84X3D`. */
export function shortName(name: string): string {
  const logical = GENERATED.exec(name)?.[2];
  if (logical === undefined) return name;
  const plain = logical.replace(/(Function|Queue|Topic|bucket)$/, '');
  return plain === '' ? logical : plain;
}

/** `pump-0001` of `/enstratus/devices/pump-0001`, `ReceiveStatus` of a function's ARN. */
export function lastPart(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf(':')) + 1);
}

/** What a span was done to, in short: of an ARN the name alone. */
export function resourceName(resource: string | undefined): string {
  if (resource === undefined) return '';
  return shortName(resource.startsWith('arn:') ? lastPart(resource) : resource);
}

export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1) return `${(ms * 1000).toFixed(0)} µs`;
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 1000) return `${ms.toFixed(0)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 7_200_000) return `${(ms / 60_000).toFixed(0)} min`;
  return ms < 172_800_000 ? `${(ms / 3_600_000).toFixed(0)} h` : `${(ms / 86_400_000).toFixed(0)} days`;
}

export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  if (count < 1_000_000) return `${(count / 1000).toFixed(1)} kB`;
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(2)} GB`;
}

export function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value !== 0 && Math.abs(value) < 1 ? 6 : 2 });
}

export function ago(at: string, now_ms: number): string {
  const ms = now_ms - Date.parse(at);
  return ms < 1500 ? 'now' : `${duration(Math.floor(ms / 1000) * 1000).replace('.00', '')} ago`;
}

/** The time of day in UTC, as logs and traces have it. */
export function timeOfDay(at: string): string {
  return new Date(at).toISOString().slice(11, 23);
}

export function dayAndTime(at: string): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
