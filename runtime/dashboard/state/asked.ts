import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { get } from './api.ts';
import { Asker } from './asker.ts';
import { changes, isLive } from './store.ts';

/** What was asked for, as it came last; `error` says why there is nothing newer. */
export interface Asked<Answer> {
  readonly answer: Answer | null;
  readonly error: Error | null;
}

const AGAIN_MS = 1_000;

/**
 * Asks the orchestrator for a path, and again when that is another one, or something changed there. What came last stays
 * until there is something newer.
 * @param path signals that it reads make it ask again; null asks for nothing
 */
export function useAsked<Answer>(path: () => string | null): ReadonlySignal<Asked<Answer>> {
  const asked = useSignal<Asked<Answer>>({ answer: null, error: null });
  const asker = useMemo(
    () =>
      new Asker<Answer>({
        get,
        againMs: AGAIN_MS,
        tell: (answer, error) => {
          asked.value = { answer, error };
        },
      }),
    [],
  );
  useSignalEffect(() => {
    changes.value;
    if (isLive.value) asker.want(path());
  });
  useEffect(() => () => asker.stop(), []);
  return asked;
}
