import { setTimeout as sleepFor } from 'node:timers/promises';
import { Problem } from '../wire/problem.ts';
import { NoAnswer } from './http-client.ts';

/** How a client bears an orchestrator that is away for a while, because it restarts. */
export interface Patience {
  /** How long to keep trying; after that the failure is thrown. */
  readonly forMs: number;
  /** Called once when the answers stop. */
  onSilent?(problem: Problem): void;
  /** Called when they come again. */
  onBack?(): void;
}

/** Chance and time, which tests replace. */
export interface PatienceWorld {
  readonly signal?: AbortSignal | undefined;
  random?(): number;
  now?(): number;
  /** @throws the signal's reason. */
  sleep?(delayMs: number, signal: AbortSignal | undefined): Promise<void>;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 2_000;

/** True for failures that pass when the orchestrator is back, or has caught up. */
export function isPassing(thrown: unknown): boolean {
  if (thrown instanceof NoAnswer) return true;
  // The first try, whose answer was lost, is still being recorded: the next one gets its run.
  return thrown instanceof Problem && (thrown.status === 503 || thrown.code === 'idempotency_in_progress');
}

/**
 * Repeats `exchange` while it fails in a passing way, with growing, jittered pauses.
 * @throws what `exchange` throws for good, its last failure when the patience is over, or the signal's reason.
 */
export async function patiently<T>(
  exchange: () => Promise<T>,
  patience: Patience,
  { signal, random = Math.random, now = () => performance.now(), sleep = sleepUnlessAborted }: PatienceWorld = {},
): Promise<T> {
  const giveUpAt = now() + patience.forMs;
  let delayMs = FIRST_DELAY_MS;
  for (let failures = 0; ; failures += 1) {
    try {
      const answer = await exchange();
      if (failures > 0) patience.onBack?.();
      return answer;
    } catch (thrown) {
      if (!isPassing(thrown) || now() >= giveUpAt) throw thrown;
      if (failures === 0) patience.onSilent?.(thrown as Problem);
      await sleep(delayMs * (0.5 + random() / 2), signal);
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
    }
  }
}

async function sleepUnlessAborted(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  await sleepFor(delayMs, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
}
