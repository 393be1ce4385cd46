import { Interrupted } from './failure.ts';

/** The process's signals, or a test's. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/**
 * Ctrl-C on a terminal reaches every process of the group, and npm and the launcher pass theirs on: what comes so
 * soon after the first is the same wish again, not impatience.
 */
const ECHO_MS = 500;

/**
 * Runs `action` with a signal that aborts, with `Interrupted`, at the first Ctrl-C or SIGTERM. A later one calls
 * `onAgain`: the user will not wait for an orderly end.
 */
export async function interruptibly<T>(
  source: SignalSource,
  action: (signal: AbortSignal) => Promise<T>,
  onAgain: () => void = () => {},
  now: () => number = () => performance.now(),
): Promise<T> {
  const controller = new AbortController();
  let firstAt: number | null = null;
  const listener = (signal: NodeJS.Signals): void => {
    if (firstAt === null) {
      firstAt = now();
      controller.abort(new Interrupted(signal));
    } else if (now() - firstAt > ECHO_MS) onAgain();
  };
  for (const signal of SIGNALS) source.on(signal, listener);
  try {
    return await action(controller.signal);
  } finally {
    for (const signal of SIGNALS) source.off(signal, listener);
  }
}

/** A promise that only ends by the signal: rejected with its reason. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
