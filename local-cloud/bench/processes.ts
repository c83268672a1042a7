import { readFileSync } from 'node:fs';

/** Processor seconds that a process has taken: clock ticks of /proc are hundredths of a second on Linux (proc(5)); elsewhere nothing is told. */
export function cpuOf(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

/** What a process has in memory now, in MiB; `?` where /proc isn't. */
export const residentMib = (pid: number | undefined): string => memoryOf(pid, 'VmRSS');

/** The most that a process has had in memory, in MiB; `?` where /proc isn't. */
export const peakMib = (pid: number | undefined): string => memoryOf(pid, 'VmHWM');

function memoryOf(pid: number | undefined, name: 'VmRSS' | 'VmHWM'): string {
  try {
    const line = new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line?.[1] === undefined ? '?' : String(Math.round(Number(line[1]) / 1024));
  } catch {
    return '?';
  }
}
