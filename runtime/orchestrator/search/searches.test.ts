import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { declarations } from '../../../functions/catalogue.ts';
import { defineFunction } from '../../function/declaration.ts';
import { parseOrder, parseSearch } from '../../search/parse.ts';
import { finds, type Knowledge } from '../../search/testing/evaluate.ts';
import { Problem } from '../../wire/problem.ts';
import { LedgerTurns } from '../ledger/ledger-turns.ts';
import type { AttemptOutcome } from '../ledger/ledger-types.ts';
import { VirtualClock } from '../simulation/clock.ts';
import { makeLedger, newTask } from '../testing/orchestrator-parts.ts';
import { TaskSearches } from './task-searches.ts';
import { Vocabulary } from './vocabulary.ts';

const box = defineFunction({
  ...{ name: 'box', alsoNamed: ['caja'], title: '', description: '', costUnit: '', cost: () => 1, memory: () => 1 },
  parameters: v.strictObject({
    particles: v.optional(v.number(), 100),
    seed: v.optional(v.number()),
    ensemble: v.optional(v.string(), 'nve'),
    is_open: v.optional(v.boolean(), false),
    configuration: v.optional(v.object({ file: v.string() })),
  }),
  parameterSpellings: { num_particulas: 'particles', semilla: 'seed' },
  result: v.strictObject({}),
});
const free = defineFunction({
  ...{ name: 'free', title: '', description: '', costUnit: '', cost: () => 1, memory: () => 1 },
  parameters: v.strictObject({ particles: v.optional(v.number(), 7), seed: v.optional(v.number(), 3) }),
  parameterSpellings: { bodies: 'particles' },
  result: v.strictObject({}),
});
const vocabulary = new Vocabulary([box, free]);

/** The same for the oracle, written down by hand. */
const knowledge: Knowledge = {
  spellings: (name) =>
    ['particles', 'num_particulas', 'bodies'].includes(name)
      ? ['particles', 'num_particulas', 'bodies']
      : ['seed', 'semilla'].includes(name)
        ? ['seed', 'semilla']
        : [name],
  byDefault: (type, name) => {
    const isParticles = ['particles', 'num_particulas', 'bodies'].includes(name);
    if (type === 'free') return isParticles ? 7 : name === 'seed' || name === 'semilla' ? 3 : undefined;
    return isParticles ? 100 : { ensemble: 'nve', is_open: false }[name];
  },
  functionNamed: (type) => (type === 'caja' ? 'box' : type),
};

/** A ledger with some hundred tasks of all kinds in all states, and what it searches them with. */
async function filled(seed: number) {
  const clock = new VirtualClock();
  const { ledger, remote } = makeLedger(clock);
  const searches = new TaskSearches({ ledger: remote, turns: new LedgerTurns(clock.now), now: clock.now });
  const pick = picker(seed);
  for (const run of ['r1', 'r2', 'r3']) {
    const tasks = Array.from({ length: 60 }, (_, index) => {
      const type = pick('box', 'caja', 'free');
      const id = `${pick('Sweep', 'melt', 'ß%_')}/${index}`;
      const parameters = JSON.stringify(parametersOf(type, pick));
      return newTask(id, {
        type,
        function: type === 'free' ? 'free' : 'box',
        parameters,
        priority: pick(1, 5, 100),
        retries: pick(0, 3),
      });
    });
    ledger.submit(run, tasks);
  }
  for (const { key, function: name } of ledger.queued(1_000).tasks) {
    clock.after(pick(1, 250, 1_000), () => {});
    clock.step();
    const workerId = pick('w1', 'w2');
    const request = { task: key, run: 1, function: name, attempt: 1, workerId, instance: 'i', isCopy: false };
    const state = pick('queued', 'running', 'succeeded', 'failed', 'lost', 'cancelled');
    if (state === 'queued') continue;
    ledger.start([{ ...request, run: 1 + Math.floor((key - 1) / 60) }]);
    clock.after(pick(1, 267, 5_000), () => {});
    clock.step();
    if (state === 'running') continue;
    if (state === 'cancelled') {
      const { task } = ledger.live().find((one) => one.task.key === key)!;
      ledger.cancel(task.runId, task.id);
      continue;
    }
    const outcome: AttemptOutcome =
      state === 'succeeded'
        ? { status: state, result: JSON.stringify(resultOf(pick)), measured: '{}' }
        : {
            status: state,
            error: new Problem(state === 'lost' ? 'worker_lost' : 'function_error', 'so it is').toJSON(),
            hadBegun: true,
          };
    ledger.finish([{ task: key, attempt: 1, outcome }]);
  }
  const { tasks } = ledger.tasks({ runId: null, status: null, after: 0, limit: 1_000 });
  const details = tasks.map(({ run_id, id }) => ledger.task(run_id, id).detail);
  return { ledger, searches, details, clock, remote };
}

type Pick = <const T>(...choices: T[]) => T;

function picker(seed: number): Pick {
  let state = seed;
  return (...choices) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return choices[Math.floor((state / 2 ** 32) * choices.length)]!;
  };
}

function parametersOf(type: string, pick: Pick): Record<string, unknown> {
  const particles = pick('particles', type === 'free' ? 'bodies' : 'num_particulas');
  const common = {
    [particles]: pick<unknown>(1, 7, 100, 1_000, 0.8442, 1e21, '1000', null),
    seed: pick<unknown>(3, -3, null),
  };
  const { seed, ...others } = common;
  const given = { ...(pick(true, false) ? others : {}), ...(pick(true, false) && { [pick('seed', 'semilla')]: seed }) };
  if (type === 'free') return given;
  return {
    ...given,
    ...(pick(true, false) && { ensemble: pick('nvt', 'NVE', 'a, "b"') }),
    ...(pick(true, false) && { is_open: pick(true, false) }),
    ...(pick(true, false) && { configuration: { file: pick('a.xyz', 'b..c') } }),
  };
}

function resultOf(pick: Pick): Record<string, unknown> {
  return {
    digest: pick('abc', '42', '7e2'),
    energy: { mean: pick(-1.5, 0.1, 42) },
    rows: pick<unknown>([1, 2, 3], []),
    note: pick('"ok":false', 'fine'),
    checks: [{ name: 'momentum', value: 0, bound: 1, ok: pick(true, false) }],
  };
}

const FIELD_TERMS = [
  ...[
    'sweep',
    'MELT',
    '%_',
    'ß',
    '"/1"',
    'id:Sweep/0,melt/1,ß%_/2',
    'run:r1',
    'run:r1,r3',
    'run!=r2',
    'run:nope',
    'type:box',
  ],
  ...['type:caja', 'type:free,nope', 'status:failed', 'status:cancelled', 'status:queued,running', 'status!=succeeded'],
  ...['worker:w1', 'worker!=w1', 'priority:1', 'priority>1', 'priority:2..5', 'attempts:0', 'attempts>=1'],
  ...['duration:0.267', 'duration>0.2', 'duration:..1', 'error:function_error', 'error!=worker_lost', 'suspect:yes'],
  ...['suspect:no', 'particles>1', 'particles<=100', 'num_particulas:100', 'bodies:7,1000', 'particles:0.8442'],
  ...['particles:"1000"', 'particles!=100', 'particles:1e21', 'semilla:3', 'seed:-3..0', 'seed<0', 'ensemble:nve'],
  ...['ensemble:nvt,NVE', 'ensemble:"a, \\"b\\""', 'is_open:true', 'is_open=0', 'configuration.file:a.xyz'],
  ...['configuration.file:b..c', 'configuration:1', 'result.digest:abc', 'result.digest:42', 'result.energy.mean<0'],
  ...['result.energy.mean:0.1', 'result.rows:1', 'result.nothing:1', 'result.note!=fine', 'result.energy.mean:42'],
];

describe('a search of the ledger', () => {
  it('finds what its meaning, evaluated plainly, finds', async () => {
    const { searches, details, clock } = await filled(7);
    const begun = clock.now() - clock.elapsedMs;
    const spans = [0, 20_000, 60_000].map((ms) => `during:${begun + ms}..${begun + ms + 15_000}`);
    const term = fc
      .tuple(fc.constantFrom('', '', '-'), fc.constantFrom(...FIELD_TERMS, ...spans))
      .map(([minus, text]) => minus + text);
    let found = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(term, { maxLength: 3 }), async (terms) => {
        const search = parseSearch(terms.join(' '), vocabulary.parameters);
        const expected = details.filter((task) => finds(search, task, knowledge));
        const filter = vocabulary.filterOf(search);
        const { tasks } = await searches.page(filter, { after: 0, limit: 1_000, isBrief: false });
        expect(tasks.map(nameOf)).toEqual(expected.map(nameOf));
        const counts = await searches.count(filter);
        expect(Object.values(counts).reduce((a, b) => a + b)).toBe(expected.length);
        expect(counts.failed).toBe(expected.filter(({ status }) => status === 'failed').length);
        found += expected.length;
      }),
      { numRuns: 400, seed: 6, examples: FIELD_TERMS.map((text) => [[text]]) },
    );
    expect(found).toBeGreaterThan(1_000);
  });

  it.each(FIELD_TERMS)('%s tells some tasks from others, or is made to find none or all', async (text) => {
    const { searches, details } = await filled(7);
    const counts = await searches.count(vocabulary.filterOf(parseSearch(text, vocabulary.parameters)));
    const total = Object.values(counts).reduce((a, b) => a + b);
    const isAllOrNone = ['run:nope', 'result.rows:1', 'result.nothing:1', 'configuration:1'].includes(text);
    expect(isAllOrNone ? total === 0 : total > 0 && total < details.length).toBe(true);
  });

  it('is read in pages that neither miss nor repeat a task', async () => {
    const { searches, details } = await filled(3);
    const filter = vocabulary.filterOf(parseSearch('status:succeeded,failed', vocabulary.parameters));
    const read: string[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page: Awaited<ReturnType<TaskSearches['page']>> = await searches.page(filter, {
        ...{ after, limit: 7, isBrief: true },
      });
      expect(page.tasks.length).toBeLessThanOrEqual(7);
      read.push(...page.tasks.map(nameOf));
      after = page.next;
    }
    expect(read).toEqual(details.filter(({ status }) => ['succeeded', 'failed'].includes(status)).map(nameOf));
  });
});

describe('a list of what was found', () => {
  it.each(['duration', '-duration', 'particles', '-bodies', 'status', '-id', 'result.energy.mean', 'result.digest'])(
    'is ordered by %s, with tasks that have none last',
    async (text) => {
      const { searches, details } = await filled(5);
      const order = parseOrder(text, vocabulary.parameters);
      const subject = vocabulary.orderOf(order);
      const { keys } = await searches.list({ terms: [] }, { subject, isDescending: order.isDescending });
      const tasks = await searches.read([...keys], false);
      expect(tasks).toHaveLength(details.length);
      const values = tasks.map((task) => valueIn(text.replace('-', ''), task));
      const firstNone = values.indexOf(null);
      const known = firstNone < 0 ? values : values.slice(0, firstNone);
      expect(values.slice(known.length).every((value) => value === null)).toBe(true);
      for (const [index, value] of known.slice(1).entries()) {
        const before = known[index]!;
        if (typeof before !== typeof value) expect([typeof before, typeof value]).toEqual(['number', 'string']);
        else expect(order.isDescending ? before >= value! : before <= value!).toBe(true);
      }
    },
  );

  it('is kept while nothing happens, and made anew once something did and it has rested', async () => {
    const { searches, ledger, clock } = await filled(5);
    const filter = vocabulary.filterOf(parseSearch('status:queued', vocabulary.parameters));
    const first = await searches.list(filter, null);
    expect(first.isCurrent).toBe(true);
    const [task] = await searches.read([first.keys[0]!], true);
    ledger.cancel(task!.run_id, task!.id);
    const soon = await searches.list(filter, null);
    expect([soon.keys.length, soon.isCurrent]).toEqual([first.keys.length, false]);
    clock.after(1_000, () => {});
    clock.step();
    const same = await searches.list(filter, null, first.asOf);
    expect(same.keys).toEqual(first.keys);
    const later = await searches.list(filter, null);
    expect([later.keys.length, later.isCurrent]).toEqual([first.keys.length - 1, true]);
  });
});

describe('the names of the functions here', () => {
  it('mean one thing each: no spelling is one parameter of one function and another of another', () => {
    const meanings = new Map<string, string>();
    for (const { parameters, parameterSpellings } of declarations)
      for (const [spelling, name] of [
        ...Object.keys(parameters.entries).map((key) => [key, key]),
        ...Object.entries(parameterSpellings),
      ]) {
        expect(meanings.get(spelling!) ?? name).toBe(name);
        meanings.set(spelling!, name!);
      }
  });
});

function nameOf({ run_id, id }: { run_id: string; id: string }): string {
  return `${run_id}/${id}`;
}

type Found = Awaited<ReturnType<TaskSearches['read']>>[number];

/** What a task is ordered by, as the oracle knows it. */
function valueIn(name: string, task: Found): number | string | null {
  if (name === 'duration' || name === 'status' || name === 'id') return task[name];
  if (name.startsWith('result.'))
    return name === 'result.digest'
      ? ((task.result?.digest as string) ?? null)
      : ((task.result?.energy as { mean: number } | undefined)?.mean ?? null);
  const given = knowledge.spellings(name).map((spelling) => task.parameters[spelling]);
  return (
    (given.find((one) => one !== undefined && one !== null) as number) ??
    (knowledge.byDefault(task.type, name) as number)
  );
}
