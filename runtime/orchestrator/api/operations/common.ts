/** What several operations share: names in paths, and parameters of the same meaning. */
import * as v from 'valibot';
import { numberText } from '../../../http/query.ts';
import { described } from '../../../wire/described.ts';

const MAX_WAIT_SECONDS = 3_600;

export const RUN_PARAM = described(v.string(), 'The id of a run; `newest` means the one that was submitted last.');
export const TASK_PARAM = described(v.string(), 'The id of a task, as it was submitted.');

/** `:run` in a path. */
export const OF_RUN = { run: RUN_PARAM };
/** `:run` and `:task`. */
export const OF_TASK = { run: RUN_PARAM, task: TASK_PARAM };

/** `?wait=SECONDS`. */
export const WAIT = v.optional(
  described(
    numberText(0, MAX_WAIT_SECONDS, 'a number of seconds'),
    'Answers when the run has ended, or after so many seconds.',
  ),
  '0',
);
