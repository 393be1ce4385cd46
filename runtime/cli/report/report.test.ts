import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { fakeRun, fakeTask, serveFake } from '../../client/testing/fake-orchestrator.ts';
import { handleErrors } from '../../http/errors.ts';
import type { Listening } from '../../http/serve.ts';
import { Problem } from '../../wire/problem.ts';
import type { Grid, RunSummary } from '../../wire/run-summary.ts';
import type { Task } from '../../wire/task.ts';
import { cli } from '../testing/memory-terminal.ts';
import { LISTED, type RunReport } from './gather.ts';
import { gridFigure } from './grid-figures.ts';
import { escaped, html } from './markup.ts';
import { count, moment, quantity, ticks } from './numbers.ts';
import { renderReport } from './report.ts';

const HOSTILE = `<script>alert(1)</script>"'&\u0000\u202E`;
const DIGEST = '0123456789abcdef'.repeat(4);

const TASKS = [
  fakeTask({ id: 'a', parameters: { density: 0.1, temperature: 1 }, result: { energy: -1.25, digest: DIGEST } }),
  fakeTask({ id: 'b', parameters: { density: 0.2, temperature: 1 }, result: { energy: 3, digest: DIGEST } }),
  fakeTask({
    id: HOSTILE,
    status: 'failed',
    result: null,
    error: new Problem('function_error', `it broke: ${HOSTILE}`).toJSON(),
  }),
];

const SUMMARY: RunSummary = {
  run: fakeRun(TASKS, { created_at: 1_000_000, ended_at: 1_009_000 }),
  ...{ is_current: true, first_start: 1_001_000, last_end: 1_009_000, seconds: 16, retried: 1 },
  ...{ suspects: 0, divergences: 0, failures_left_out: 0 },
  functions: [{ name: 'benchmark', tasks: 3, versions: ['v'.repeat(64)] }],
  workers: [{ id: 'worker1', succeeded: 2, failed: 1, seconds: 16 }],
  parameters: [
    { name: 'density', values: [0.1, 0.2], is_numeric: true, least: 0.1, most: 0.2 },
    { name: 'temperature', values: [1, 2], is_numeric: true, least: 1, most: 2 },
  ],
  fields: [
    { name: 'result.energy', tasks: 2, least: -1.25, most: 3, mean: 0.875 },
    { name: 'duration', tasks: 2, least: 1, most: 2, mean: 1.5 },
  ],
  failures: [
    { code: 'function_error', cause: `it broke: ${HOSTILE}`, tasks: 1, examples: [HOSTILE], workers: ['worker1'] },
  ],
};

const gridOf = (field: string, y: Grid['y']): Grid => ({
  ...{ run_id: 'r1', is_current: true, field, y, without: 1 },
  x: { name: 'density', values: [0.1, 0.2], ranges: null },
  cells: [
    { x: 0, y: 0, tasks: 1, mean: -1.25, least: -1.25, most: -1.25 },
    { x: 1, y: 0, tasks: 2, mean: 3, least: 1, most: 5 },
  ],
});
const TEMPERATURE = { name: 'temperature', values: [1, 2], ranges: null };
const made = { version: '1.2.3', at: 1_010_000 };

describe('motes report', () => {
  let server: Listening;
  let folder: string;
  const asked: string[] = [];
  beforeAll(async () => {
    const app = new Hono();
    handleErrors(app, () => {});
    app.use((c, next) => {
      asked.push(c.req.path + (new URL(c.req.url).search || ''));
      return next();
    });
    app.get('/runs/:run/summary', (c) => {
      if (!['r1', 'newest'].includes(c.req.param('run'))) throw new Problem('unknown_run', 'there is no such run');
      return c.json(SUMMARY);
    });
    app.get('/runs/:run/grid', (c) => c.json(gridOf(c.req.query('field')!, c.req.query('y') ? TEMPERATURE : null)));
    app.get('/tasks', (c) => {
      const status = c.req.query('status');
      return c.json({ tasks: TASKS.filter((task) => !status || task.status === status), next: null });
    });
    server = await serveFake(app);
    folder = mkdtempSync(join(tmpdir(), 'motes-report-'));
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const ask = (...argv: string[]) => cli(['report', ...argv, '--url', server.url]);

  it('writes one file that says what the run was', async () => {
    const path = join(folder, 'r1.html');
    expect(await ask('r1', '--output', path)).toMatchObject({ code: 0, stdout: '' });
    const text = readFileSync(path, 'utf8');
    for (const said of [
      'Run r1',
      'told by motes',
      '1970-01-01 00:16:40 UTC',
      '8.00 s',
      '16.00 s',
      'v'.repeat(64),
      DIGEST,
    ])
      expect(text).toContain(said);
    expect(text).toContain('<code>result.energy</code> over <code>density</code> and <code>temperature</code>');
  });

  it('writes to the standard output, or tells a program what it wrote', async () => {
    const { code, stdout } = await ask('-o', '-');
    expect([code, stdout.slice(0, 15)]).toEqual([0, '<!doctype html>']);
    const path = join(folder, 'json.html');
    const told = await ask('r1', '-o', path, '--json');
    expect(JSON.parse(told.stdout)).toEqual({ run_id: 'r1', path, bytes: readFileSync(path).length });
  });

  it('shows what is asked for', async () => {
    const { stdout } = await ask('-o', '-', '--x', 'temperature', '--y', 'none', '--field', 'duration');
    expect(stdout).toContain('polyline');
    expect(asked).toContain('/runs/newest/grid?x=temperature&field=duration');
  });

  it.each([
    { name: 'an unknown run', argv: ['nope'], code: 2, says: 'there is no such run' },
    {
      name: 'an unknown number',
      argv: ['r1', '--field', 'nope'],
      code: 2,
      says: '--field nope cannot be shown: this run has result.energy',
    },
    {
      name: 'an unknown parameter',
      argv: ['r1', '--y', 'seed'],
      code: 2,
      says: '--y seed cannot be shown: this run has density',
    },
    {
      name: 'a folder that is not there',
      argv: ['r1', '-o', '/nowhere/at/all.html'],
      code: 1,
      says: 'cannot write /nowhere/at/all.html: ENOENT',
    },
  ])('refuses $name', async ({ argv, code, says }) => {
    const answer = await ask(...argv, ...(argv.includes('-o') ? [] : ['-o', join(folder, 'none.html')]));
    expect(answer).toMatchObject({ code, stdout: '' });
    expect(answer.stderr).toContain(says);
    expect(existsSync(join(folder, 'none.html'))).toBe(false);
  });

  it('does not overwrite what is here unasked', async () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      writeFileSync('r1.html', 'mine');
      const answer = await ask('r1');
      expect(answer).toMatchObject({ code: 1 });
      expect(answer.stderr).toContain('cannot write r1.html: EEXIST - say where with --output');
      expect(readFileSync('r1.html', 'utf8')).toBe('mine');
    } finally {
      process.chdir(before);
    }
  });
});

describe('a report', () => {
  const report = (more: Partial<RunReport> = {}): RunReport => ({
    ...{
      summary: SUMMARY,
      grids: [gridOf('result.energy', TEMPERATURE)],
      first: TASKS,
      failed: [TASKS[2]!],
      suspect: [],
      ...more,
    },
  });

  it('shows text that looks like HTML as text', () => {
    const parameters = [{ name: HOSTILE, values: [HOSTILE, 'b'], is_numeric: false, least: null, most: null }];
    const grid = {
      ...gridOf(HOSTILE, { name: HOSTILE, values: [HOSTILE], ranges: null }),
      x: { name: HOSTILE, values: [HOSTILE, HOSTILE], ranges: null },
    };
    const tasks = [
      fakeTask({ id: HOSTILE, worker_id: HOSTILE, parameters: { [HOSTILE]: HOSTILE }, result: { digest: HOSTILE } }),
    ];
    const text = renderReport(report({ summary: { ...SUMMARY, parameters }, grids: [grid], first: tasks }), made);
    expect(text).not.toContain('<script');
    expect(text).not.toContain('"\'&\u0000');
    for (const character of ['\u0000', '\u202E']) expect(text).not.toContain(character);
    expect(text.match(/&lt;script&gt;/g)!.length).toBeGreaterThan(15);
  });

  it('has no script, and asks nobody for anything', () => {
    const text = renderReport(report(), made);
    expect(text).toContain("default-src 'none'");
    expect(text).not.toMatch(/<(script|link|img|iframe|object|embed)|https?:|url\(|@import|\son\w+=/i);
  });

  it('stays a few hundred KiB, and says what it leaves out', () => {
    const long = '<'.repeat(128);
    const task = (index: number): Task =>
      fakeTask({
        ...{ id: `${long.slice(4)}${index}`, status: 'failed', worker_id: long },
        error: new Problem('function_error', long.repeat(20)).toJSON(),
        parameters: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`p${i}`, long.repeat(9)])),
        result: { digest: long, ...Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`n${i}`, Math.PI * i])) },
      });
    const tasks = Array.from({ length: 100 }, (_, index) => task(index));
    const values = Array.from({ length: 40 }, (_, i) => `${long}${i}`);
    const cells = values.flatMap((_, y) =>
      values.map((__, x) => ({ x, y, tasks: 3, mean: x / 7, least: -x / 3, most: y / 3 })),
    );
    const huge: RunSummary = {
      ...SUMMARY,
      run: { ...SUMMARY.run, tasks_total: 1_000_000, tasks: { ...SUMMARY.run.tasks, failed: 400_000 } },
      workers: Array.from({ length: 1_000 }, (_, i) => ({ id: `worker${i}`, succeeded: 1, failed: 1, seconds: 1 })),
      parameters: Array.from({ length: 100 }, (_, i) => ({ ...SUMMARY.parameters[0]!, name: `p${i}` })),
      fields: Array.from({ length: 200 }, (_, i) => ({ ...SUMMARY.fields[0]!, name: `result.n${i}` })),
      failures: Array.from({ length: 100 }, (_, i) => ({
        code: 'x',
        cause: `${long.repeat(2)}${i}`,
        tasks: 2,
        examples: [long, long, long, long, long],
        workers: Array(20).fill('worker1000'),
      })),
      failures_left_out: 5,
    };
    const plain = {
      ...gridOf('n', TEMPERATURE),
      cells,
      x: { name: 'x', values: values.map((_, i) => i), ranges: null },
      y: { name: 'y', values: values.map((_, i) => i), ranges: null },
    };
    const text = renderReport({ summary: huge, grids: [plain], first: tasks, failed: tasks, suspect: [] }, made);
    expect(text.length).toBeLessThan(960 * 1024);
    const usual = tasks.map((_, i) =>
      fakeTask({ id: `task-${i}`, parameters: { p1: i }, result: { digest: DIGEST, n1: i } }),
    );
    const plainly = renderReport(
      { summary: { ...huge, failures: [] }, grids: [plain], first: usual, failed: usual, suspect: [] },
      made,
    );
    expect(plainly.length).toBeLessThan(480 * 1024);
    expect(text).toContain('100 of 1 000 000 tasks are shown.');
    expect(text).toContain('100 of 400 000 failed tasks are shown.');
    expect(text).toContain('100 of 1 000 workers are shown.');
    expect(text).toContain('145 of 400000 failed tasks have further causes.');
    expect(LISTED).toEqual({ first: 100, failed: 100, suspect: 50 });
  });

  it('leaves out what a run has none of', () => {
    const nothing: RunSummary = {
      ...SUMMARY,
      first_start: null,
      last_end: null,
      failures: [],
      workers: [],
      parameters: [],
      fields: [],
    };
    const text = renderReport(
      report({ summary: { ...nothing, run: { ...SUMMARY.run, ended_at: null } }, grids: [], first: [], failed: [] }),
      made,
    );
    expect(text).toContain('It had not ended.');
    for (const title of ['Failures by cause', 'Failed tasks', 'Suspect results', 'Results over', 'Workers', 'Tasks'])
      expect(text).not.toContain(`<h2>${title}`);
  });

  it('tells suspect results with the checks that failed', () => {
    const checks = [
      { name: 'momentum', value: 2, bound: 1e-6, ok: false },
      { name: 'energy', value: 0, bound: 1, ok: true },
    ];
    const suspect = [fakeTask({ id: 's', result: { checks } })];
    const text = renderReport(report({ suspect, summary: { ...SUMMARY, suspects: 70 } }), made);
    expect(text).toContain('<th>s</th><td>worker1</td><td>momentum</td><td>2</td><td>1.000e-6</td>');
    expect(text).toContain('1 of 70 suspect results are shown.');
    expect(text).not.toContain('<td>energy</td>');
  });
});

describe('figures of a report', () => {
  test('a heat map has a coloured, named cell for each that has tasks, and the numbers as a table', () => {
    const { text } = gridFigure(gridOf('result.energy', TEMPERATURE));
    expect(text.match(/<title>/g)).toHaveLength(2);
    expect(text).toContain('density 0.2, temperature 1: 3, from 1 to 5, 2 tasks');
    expect(text).toContain('<td>0.2</td><td>1</td><td>3</td><td>1</td><td>5</td><td>2</td>');
    expect(text).toContain('1 tasks have no such number, or have not ended.');
  });

  test('one axis gives a line within its band, with finite numbers even for a single point', () => {
    const one = { ...gridOf('n', null), cells: [{ x: 0, y: 0, tasks: 1, mean: 2, least: 2, most: 2 }] };
    for (const grid of [
      gridOf('n', null),
      one,
      { ...gridOf('n', null), x: { name: 'a', values: ['p', 'q'], ranges: null } },
    ]) {
      const { text } = gridFigure(grid);
      expect(text).toContain('<polyline class="mean"');
      expect(text).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});

describe('parts of a report', () => {
  test('values are text, unless they were made as markup', () => {
    expect(html`<p>${'<b>'} ${html`<i>${1}</i>`}${null}${false}${['a&', html`<br>`]}</p>`.text).toBe(
      '<p>&lt;b&gt; <i>1</i>a&amp;<br></p>',
    );
    expect(escaped(HOSTILE)).toBe('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\uFFFD\uFFFD');
  });

  test('numbers, counts, moments', () => {
    expect([0, 1.234567, -4e-7, 2.5e12, Number.NaN].map(quantity)).toEqual([
      '0',
      '1.2346',
      '-4.000e-7',
      '2.500e12',
      'NaN',
    ]);
    expect([7, 1_000, 1_234_567].map(count)).toEqual(['7', '1 000', '1 234 567']);
    expect(moment(0)).toBe('1970-01-01 00:00:00 UTC');
  });

  test('ticks are round, and within the range', () => {
    expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(-3, 17, 5)).toEqual([0, 5, 10, 15]);
    expect(ticks(2, 2, 5)).toEqual([2]);
  });
});
