/** What a process holds on to, as the system counts it (Linux). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Cluster } from './cluster.ts';
import { until } from './until.ts';

export interface Holdings {
  readonly memoryMib: number;
  readonly threads: number;
  readonly descriptors: number;
}

/** How much more than before counts as a leak. Memory is what a collector has not yet collected, so it has more room. */
const MEMORY_FACTOR = 1.6;
const MEMORY_ROOM_MIB = 40;
const THREADS_ROOM = 3;
const DESCRIPTORS_ROOM = 12;
/** Idle connections close, collectors collect. */
const SETTLE_MS = 15_000;

export const CAN_COUNT_HOLDINGS = existsSync('/proc/self/status');

export function holdingsOf(pid: number): Holdings {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return {
    memoryMib: Math.round(field('VmRSS') / 1024),
    threads: field('Threads'),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}

/** Holdings of every process of a cluster, by name. */
export function holdingsOfAll(cluster: Cluster): Map<string, Holdings> {
  const members = [cluster.orchestrator, ...cluster.workers];
  return new Map(members.map((member) => [member.name, holdingsOf(member.process.pid)]));
}

/** What the processes hold on to beyond what they held before, after they had time to let go. */
export async function findLeaks(cluster: Cluster, before: ReadonlyMap<string, Holdings>): Promise<string[]> {
  const look = (): string[] => compare(holdingsOfAll(cluster), before);
  await until('no leaks', () => look().length === 0, SETTLE_MS).catch(() => {});
  return look();
}

function compare(now: ReadonlyMap<string, Holdings>, before: ReadonlyMap<string, Holdings>): string[] {
  return [...now].flatMap(([name, held]) => {
    const was = before.get(name)!;
    const limits: Holdings = {
      memoryMib: was.memoryMib * MEMORY_FACTOR + MEMORY_ROOM_MIB,
      threads: was.threads + THREADS_ROOM,
      descriptors: was.descriptors + DESCRIPTORS_ROOM,
    };
    return (Object.keys(limits) as (keyof Holdings)[]).flatMap((what) =>
      held[what] <= limits[what] ? [] : [`${name}: ${what} ${held[what]}, ${was[what]} before`],
    );
  });
}
