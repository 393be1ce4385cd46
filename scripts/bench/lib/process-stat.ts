import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const MS_A_TICK = 10;

/** Milliseconds of processor time (user and system) of a process, all its threads together; 0 where there is no /proc. */
export function cpuMs(pid: number): number {
  return cpuOf(`/proc/${pid}/stat`);
}

/** MiB of memory that a process holds, and the most it ever held. */
export function memoryMib(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return { now: kib('VmRSS') / 1024, peak: kib('VmHWM') / 1024 };
}

/** The name stands in parentheses and may hold anything, so fields are counted from behind it. */
function cpuOf(file: string): number {
  const stat = readFileSync(file, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_A_TICK;
}
