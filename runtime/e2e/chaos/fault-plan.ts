/** What goes wrong, when, and in which order: all of it decided by the seed before anything starts. */
import type { SeededRandom } from './random.ts';

/** Who a fault can hit: a process, the two ways between a worker and the orchestrator, or the client's. */
export interface Target {
  readonly kind: 'orchestrator' | 'worker' | 'ways' | 'client';
  readonly name: string;
}

const FAULTS = {
  /** SIGKILL, then a new life. */
  kill: ['kill', 'start'],
  /** SIGSTOP, often past the lease; SIGCONT: it goes on as if nothing had happened. */
  stop: ['stop', 'continue'],
  /** SIGTERM: a worker hands back what it runs, an orchestrator closes its ledger; then a new life. */
  drain: ['terminate', 'start'],
  /** Connections are reset, and new ones too. */
  cut: ['cut', 'heal'],
  /** Connections stay open and nothing passes. */
  freeze: ['freeze', 'heal'],
  /** Everything comes late. */
  delay: ['delay', 'heal'],
} as const;
type Fault = keyof typeof FAULTS;
export type Action = (typeof FAULTS)[Fault][number];

/** How often each fault comes, by target, and the milliseconds that it lasts. */
const WEIGHTS: Record<Target['kind'], Partial<Record<Fault, number>>> = {
  orchestrator: { kill: 6, stop: 2, drain: 1 },
  worker: { kill: 5, stop: 5, drain: 2 },
  ways: { cut: 4, freeze: 3, delay: 3 },
  client: { cut: 4, freeze: 1, delay: 1 },
};
const TARGET_WEIGHTS: Record<Target['kind'], number> = { orchestrator: 3, worker: 6, ways: 4, client: 3 };
const LASTS_MS: Record<Fault, readonly [number, number]> = {
  kill: [50, 1_000],
  stop: [300, 6_000],
  drain: [0, 500],
  cut: [100, 2_000],
  freeze: [300, 6_000],
  delay: [500, 3_000],
};

export interface Step {
  readonly atMs: number;
  readonly action: Action;
  readonly target: Target;
}

/**
 * Faults that begin within `lengthMs`, each with its end. A target has one fault at a time, and at least one worker
 * has none, so that the rest has a chance to go on.
 */
export function planFaults(random: SeededRandom, workers: readonly string[], lengthMs: number): Step[] {
  const steps: Step[] = [];
  const busyUntil = new Map<string, number>();
  for (let atMs = 200; atMs < lengthMs; atMs += random.integer(100, 600)) {
    const target = pickTarget(random, workers, busyUntil, atMs);
    if (!target) continue;
    const fault = random.weighted(WEIGHTS[target.kind] as Record<Fault, number>);
    const [begin, end] = FAULTS[fault];
    const untilMs = Math.min(atMs + random.integer(...LASTS_MS[fault]), lengthMs);
    busyUntil.set(keyOf(target), untilMs + 200);
    steps.push({ atMs, action: begin, target }, { atMs: untilMs, action: end, target });
  }
  return steps.sort((a, b) => a.atMs - b.atMs);
}

function pickTarget(
  random: SeededRandom,
  workers: readonly string[],
  busyUntil: ReadonlyMap<string, number>,
  atMs: number,
): Target | null {
  const isFree = (target: Target): boolean => (busyUntil.get(keyOf(target)) ?? 0) <= atMs;
  const kind = random.weighted(TARGET_WEIGHTS);
  if (kind === 'orchestrator' || kind === 'client') {
    const only: Target = { kind, name: kind };
    return isFree(only) ? only : null;
  }
  const well = workers.filter((name) => isFree({ kind: 'worker', name }) && isFree({ kind: 'ways', name }));
  return well.length > 1 ? { kind, name: random.pick(well) } : null;
}

function keyOf({ kind, name }: Target): string {
  return `${kind} ${name}`;
}
