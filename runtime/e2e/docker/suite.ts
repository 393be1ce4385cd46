import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_INTERVAL_MS = 200;

/** Counts what holds and what does not, and says both as it goes. */
export class Suite {
  #passed = 0;
  #failed = 0;

  /** Runs one check. @returns whether it held; a failure is told and does not end the suite */
  async check(name: string, body: () => unknown): Promise<boolean> {
    const startedAt = performance.now();
    const after = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
    try {
      const note = await body();
      this.#passed += 1;
      say(`  ok      ${name}${typeof note === 'string' ? `: ${note}` : ''} (${after()})`);
      return true;
    } catch (error) {
      this.#failed += 1;
      say(`  FAILED  ${name} (${after()})\n${indented(error instanceof Error ? error.message : String(error))}`);
      return false;
    }
  }

  /** The line that `.ci/run` counts. */
  get summary(): string {
    return `${this.#passed} passed, ${this.#failed} failed`;
  }

  get isSound(): boolean {
    return this.#failed === 0 && this.#passed > 0;
  }
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** @throws Error with the message when the condition does not hold */
export function need(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/**
 * Asks again and again until the answer is one; failures to ask count as none.
 * @throws Error saying what was waited for, and the last failure, when the time is over
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | false | undefined> | T | null | false | undefined,
  deadlineMs = 30_000,
): Promise<T> {
  let last = '';
  for (const end = Date.now() + deadlineMs; Date.now() < end; await sleep(LOOK_INTERVAL_MS)) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      last = `: ${(error as Error).message}`;
    }
  }
  throw new Error(`waited ${deadlineMs / 1000} s in vain until ${what}${last}`);
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '          ');
}
