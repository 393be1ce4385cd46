/** The ledger against a model of some hundred lines, under random commands that shrink to a short failing story. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, endLive, LedgerModel, type ModelTask, RealLedger } from '../testing/ledger-model.ts';
import type { NewTaskRow } from './ledger-rows.ts';
import type { AttemptOutcome, FinishEffect } from './ledger-types.ts';

const RUNS = 120;
const COMMANDS = 60;
const SEED = 20260101;

type Values = Record<string, number>;

/** A command by what it does to both; targets are picked by number, so that every shrunk command still has one. */
class Step implements fc.Command<LedgerModel, RealLedger> {
  readonly #name: string;
  readonly #values: Values;
  readonly #act: (model: LedgerModel, real: RealLedger, values: Values) => void;

  constructor(name: string, values: Values, act: (model: LedgerModel, real: RealLedger, values: Values) => void) {
    this.#name = name;
    this.#values = values;
    this.#act = act;
  }
  check(): boolean {
    return true;
  }
  run(model: LedgerModel, real: RealLedger): void {
    this.#act(model, real, this.#values);
    compare(model, real);
  }
  toString(): string {
    return `${this.#name}(${Object.entries(this.#values)
      .map(([name, value]) => `${name}: ${value}`)
      .join(', ')})`;
  }
}

function step(name: string, sizes: Values, act: (model: LedgerModel, real: RealLedger, values: Values) => void) {
  const arbitraries = Object.entries(sizes).map(([key, size]) => [key, fc.nat(size - 1)] as const);
  return fc.record(Object.fromEntries(arbitraries)).map((values) => new Step(name, values as Values, act));
}

function pick<T>(list: readonly T[], number: number): T | undefined {
  return list[number % Math.max(1, list.length)];
}

const RETRY_ON = [
  ['worker_lost', 'unavailable', 'overload'],
  [],
  ['worker_lost', 'timeout', 'function_error'],
] as const;

function newTasks(model: LedgerModel, count: number, policy: number): { rows: NewTaskRow[]; tasks: ModelTask[] } {
  const retryOn = RETRY_ON[policy % RETRY_ON.length]!;
  const retries = policy % 2;
  const tasks = Array.from({ length: count }, () => {
    model.made += 1;
    return {
      ...{ id: `t${model.made}`, retries, retryOn, status: 'queued' as const },
      ...{ attempts: [], failures: 0, result: null, checkpoint: null },
    };
  });
  const rows = tasks.map(({ id }) => ({
    ...{ id, type: 'noop', function: 'noop', parameters: '{}', description: null, priority: 5, cost: 1, memory: 1 },
    ...{ retries, retry_on: JSON.stringify(retryOn), timeout_ms: null },
  }));
  return { rows, tasks };
}

const problem = (code: string) => ({ type: '', title: '', status: 500, code, detail: code });
const success = (digest: string): AttemptOutcome => ({
  status: 'succeeded',
  result: `{"digest":"${digest}"}`,
  measured: '{}',
});
const OUTCOMES: readonly AttemptOutcome[] = [
  success('right'),
  success('right'),
  success('wrong'),
  { status: 'lost', error: problem('worker_lost'), hadBegun: true },
  { status: 'lost', error: problem('worker_lost'), hadBegun: false },
  { status: 'failed', error: problem('function_error'), hadBegun: true },
  { status: 'failed', error: problem('overload'), hadBegun: false },
  { status: 'timed_out', error: problem('timeout'), hadBegun: true },
  { status: 'released', error: problem('released'), hadBegun: true },
];

const submit = step('submit', { count: 3, policy: 6, key: 5, digest: 2 }, (model, real, values) => {
  const { rows, tasks } = newTasks(model, values.count! + 1, values.policy!);
  const id = `r${model.made}`;
  const name = `key${values.key}`;
  const key = values.key! > 2 ? null : { key: name, digest: `d${values.digest}` };
  const earlier = key && model.keys.get(name);
  const answer = real.call('submit', id, rows, key);
  if (earlier && earlier.digest !== key!.digest) expect(answer).toBe('idempotency_mismatch');
  else if (earlier) expect(answer).toMatchObject({ isReplay: true, run: { run_id: earlier.run } });
  else {
    expect(answer).toMatchObject({ isReplay: false, run: { run_id: id, status: 'active' } });
    model.runs.push({ id, key: 0, status: 'active', endedAt: null, tasks });
    if (key) model.keys.set(name, { digest: key.digest, run: id });
  }
});

const submitTwice = step('submit under a name that is taken', { run: 9 }, (model, real, values) => {
  const run = pick(model.runs, values.run!);
  if (run) expect(real.call('submit', run.id, newTasks(model, 1, 0).rows, null)).toBe('invalid_query');
});

const receive = step('receive', { policy: 6 }, (model, real) => {
  model.made += 1;
  const id = `s${model.made}`;
  model.runs.push({ id, key: real.call('receive', id) as number, status: 'receiving', endedAt: null, tasks: [] });
});
const receiving = (model: LedgerModel, number: number) =>
  pick(
    model.runs.filter(({ status }) => status === 'receiving'),
    number,
  );

const receiveTasks = step('receive tasks', { run: 9, count: 3, policy: 6 }, (model, real, values) => {
  const run = receiving(model, values.run!);
  if (!run) return;
  const { rows, tasks } = newTasks(model, values.count! + 1, values.policy!);
  expect(real.call('receiveTasks', run.key, rows)).toBeUndefined();
  run.tasks.push(...tasks);
});

const receiveTwice = step('receive an id twice', { run: 9 }, (model, real, values) => {
  const run = receiving(model, values.run!);
  if (!run || run.tasks.length === 0) return;
  const { rows } = newTasks(model, 1, 0);
  expect(real.call('receiveTasks', run.key, [...rows, { ...rows[0]!, id: run.tasks[0]!.id }])).toBe(
    'duplicate_task_id',
  );
});

const activate = step('activate', { run: 9 }, (model, real, values) => {
  const run = receiving(model, values.run!);
  if (!run || run.tasks.length === 0) return;
  expect(real.call('activate', run.key)).toMatchObject({ status: 'active' });
  run.status = 'active';
});

const discard = step('discard', { run: 9 }, (model, real, values) => {
  const run = receiving(model, values.run!);
  if (!run) return;
  while (real.call('discard', run.key));
  model.runs = model.runs.filter((other) => other !== run);
});

const start = step('start', { task: 99, isStale: 4 }, (model, real, values) => {
  const target = pick(
    model.tasks().filter(({ run }) => run.status !== 'receiving'),
    values.task!,
  );
  if (!target) return;
  const { run, task } = target;
  const attempt = task.attempts.length + (values.isStale === 0 ? 0 : 1);
  const key = real.keyOf(run.id, task.id);
  const queued = real.ledger.task(run.id, task.id).queued;
  const request = {
    task: key,
    run: queued.run,
    function: 'noop',
    attempt,
    workerId: 'w1',
    instance: 'w1-1',
    isCopy: false,
  };
  const isStarted = task.status === 'queued' && values.isStale !== 0;
  expect(real.call('start', [request])).toEqual([
    isStarted ? { attempt, resumeFrom: attempt > 1 ? task.checkpoint : null } : null,
  ]);
  if (!isStarted) return;
  task.status = 'running';
  task.attempts.push({ status: 'running', worker: 'w1' });
});

const copy = step('copy', { task: 99 }, (model, real, values) => {
  const target = pick(model.tasks(), values.task!);
  if (!target) return;
  const { run, task } = target;
  const attempt = task.attempts.length + 1;
  const queued = real.ledger.task(run.id, task.id).queued;
  const request = {
    task: queued.key,
    run: queued.run,
    function: 'noop',
    attempt: 0,
    workerId: 'w2',
    instance: 'w2-1',
    isCopy: true,
  };
  const isStarted = task.status === 'running' && task.failures <= task.retries;
  expect(real.call('start', [request])).toEqual([isStarted ? { attempt, resumeFrom: task.checkpoint } : null]);
  if (isStarted) task.attempts.push({ status: 'running', worker: 'w2' });
});

const finish = step('finish', { attempt: 99, outcome: OUTCOMES.length }, (model, real, values) => {
  const target = pick(model.attempts(), values.attempt!);
  if (!target) return;
  const { run, task, number } = target;
  const outcome = OUTCOMES[values.outcome!]!;
  const request = { task: real.keyOf(run.id, task.id), attempt: number, outcome };
  const answer = real.call('finish', [request]);
  const wasOver = run.status === 'ended';
  const effect = model.finish(run, task, number, outcome, real.nowMs);
  expect(answer).toMatchObject([effect]);
  expect((answer as FinishEffect[])[0]!.endedRun === null).toBe(run.status !== 'ended' || wasOver);
});

const finishUnknown = step('finish an unknown attempt', { task: 99 }, (model, real, values) => {
  const target = pick(model.tasks(), values.task!);
  const task = target ? real.keyOf(target.run.id, target.task.id) : 12_345;
  expect(real.call('finish', [{ task, attempt: 77, outcome: OUTCOMES[0]! }])).toEqual([null]);
});

const saveCheckpoint = step('save a checkpoint', { attempt: 99, state: 3 }, (model, real, values) => {
  const target = pick(model.attempts(), values.attempt!);
  if (!target) return;
  const { run, task, number } = target;
  const state = values.state === 3 ? { sha256: 'c0ffee', bytes: 2 ** 30 } : `state${values.state}`;
  real.call('saveCheckpoint', real.keyOf(run.id, task.id), number, state);
  if (task.attempts[number - 1]!.status === 'running') task.checkpoint = state;
});

const cancel = step('cancel', { run: 9, task: 5 }, (model, real, values) => {
  const run = pick(model.runs, values.run!);
  if (!run) return;
  const one = values.task! > 2 ? null : (pick(run.tasks, values.task!) ?? null);
  const answer = real.call('cancel', run.id, one?.id ?? null);
  const targets = (one ? [one] : run.tasks).filter(({ status }) => status === 'queued' || status === 'running');
  if (run.status === 'receiving') expect(answer).toBe('unknown_run');
  else if (targets.length === 0) expect(answer).toBe('already_ended');
  else {
    expect(answer).toMatchObject({ cancelled: targets.length });
    for (const task of targets) {
      endLive(task);
      Object.assign(task, { status: 'cancelled', checkpoint: null });
    }
    model.endIfDone(run, real.nowMs);
  }
});

const retry = step('retry', { run: 9, task: 5, only: 3 }, (model, real, values) => {
  const run = pick(model.runs, values.run!);
  if (!run) return;
  const one = values.task! > 2 ? null : (pick(run.tasks, values.task!) ?? null);
  const statuses = ([['failed'], ['cancelled'], ['failed', 'cancelled']] as const)[values.only!]!;
  const answer = real.call('retry', run.id, one?.id ?? null, statuses);
  const targets = (one ? [one] : run.tasks).filter(({ status }) => (statuses as readonly string[]).includes(status));
  if (run.status === 'receiving') expect(answer).toBe('unknown_run');
  else if (targets.length === 0) expect(answer).toBe('already_ended');
  else {
    expect(answer).toMatchObject({ retried: targets.length });
    for (const task of targets) Object.assign(task, { status: 'queued', failures: 0 });
    Object.assign(run, { status: 'active', endedAt: null });
  }
});

const prune = step('prune', { age: 40 }, (model, real, values) => {
  const before = real.nowMs - values.age!;
  let effect = real.call('prune', before, null);
  while (typeof effect === 'object' && effect.isPartial) effect = real.call('prune', before, null);
  const gone = model.runs.filter(({ endedAt }) => endedAt !== null && endedAt < before);
  model.runs = model.runs.filter((run) => !gone.includes(run));
  for (const [key, { run }] of model.keys) if (gone.some(({ id }) => id === run)) model.keys.delete(key);
});

const wait = step('wait', { ms: 20 }, (_model, real, values) => {
  real.nowMs += values.ms!;
});

const reopen = step('reopen the file', {}, (_model, real) => real.reopen());

test('the ledger does what the model does, whatever comes', () => {
  const often = [start, start, finish, finish, finish];
  const users = [submit, submit, submitTwice, cancel, retry, prune, wait, reopen];
  const streams = [receive, receiveTasks, receiveTwice, activate, discard];
  const commands = [...often, ...users, ...streams, copy, finishUnknown, saveCheckpoint];
  const story = fc.property(fc.commands(commands, { maxCommands: COMMANDS, size: 'max' }), (steps) => {
    const real = new RealLedger();
    try {
      fc.modelRun(() => ({ model: new LedgerModel(), real }), steps);
    } finally {
      real.close();
    }
  });
  fc.assert(story, { seed: SEED, numRuns: RUNS });
}, 60_000);
