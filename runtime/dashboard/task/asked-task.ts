import { type ReadonlySignal, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { TaskDetail } from '../../wire/task.ts';
import { get, pathOf } from '../state/api.ts';
import type { Asked } from '../state/asked.ts';
import { Asker } from '../state/asker.ts';
import { isLive, onTaskChanges, runs } from '../state/store.ts';

/** Names a task; the run by its id or `newest`. */
export interface TaskName {
  readonly run: string;
  readonly id: string;
}

const AGAIN_MS = 500;

/**
 * A task, asked for again when something happens to it or to its whole run. Not when anything else changes: its result
 * may be a megabyte.
 */
export function useTask(name: () => TaskName | null): ReadonlySignal<Asked<TaskDetail>> {
  const asked = useSignal<Asked<TaskDetail>>({ answer: null, error: null });
  const changes = useSignal(0);
  const asker = useMemo(() => {
    const tell = (answer: TaskDetail | null, error: Error | null): void => {
      asked.value = { answer, error };
    };
    return new Asker<TaskDetail>({ get, againMs: AGAIN_MS, tell });
  }, []);
  // What is done to a run is not told of each of its tasks; but runs are told of four times a second.
  const runStatus = useComputed(() => runs.value.get(asked.value.answer?.run_id ?? '')?.status);
  const path = useComputed(() => {
    const wanted = name();
    return wanted && pathOf(wanted.run, wanted.id);
  });
  useSignalEffect(() => {
    changes.value;
    runStatus.value;
    if (isLive.value) asker.want(path.value);
  });
  useEffect(
    () =>
      onTaskChanges((_at, told) => {
        const task = asked.peek().answer;
        if (told.some(({ run_id, id }) => run_id === task?.run_id && id === task.id)) changes.value += 1;
      }),
    [],
  );
  useEffect(() => () => asker.stop(), []);
  return asked;
}
