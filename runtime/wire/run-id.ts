import { randomInt } from 'node:crypto';
import { fileTimestamp } from './timestamp.ts';

/** A run's name that sorts by time and is short enough to type: `20250107-103000-k3f9`, in local time. */
export function newRunId(now: number = Date.now()): string {
  const suffix = Array.from({ length: 4 }, () => randomInt(36).toString(36)).join('');
  return `${fileTimestamp(now).replace('_', '-')}-${suffix}`;
}
