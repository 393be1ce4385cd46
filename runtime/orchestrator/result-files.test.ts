import { mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TaskRow } from './ledger/ledger-rows.ts';
import { ResultFiles, safeName, writeResultFile } from './result-files.ts';

const ENDED_AT = new Date(2025, 0, 7, 10, 30, 2).getTime();

function row(more: Partial<TaskRow> = {}): TaskRow {
  return {
    ...{
      key: 1,
      run: 1,
      run_id: 'r1',
      id: 'simulation_small',
      type: 'benchmark',
      function: 'benchmark',
      parameters: '{"num_pasos":10}',
    },
    ...{
      description: null,
      priority: 1,
      cost: 1,
      memory: 1,
      retries: 3,
      retry_on: '[]',
      timeout_ms: null,
      status: 'succeeded',
      attempts: 1,
    },
    ...{
      failures: 0,
      not_before: 0,
      worker_id: 'worker1',
      started_at: ENDED_AT - 2_500,
      ended_at: ENDED_AT,
      result: '{"digest":"d"}',
      measured: '{}',
      error: null,
    },
    ...more,
  } as TaskRow;
}

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'motes-results-'));

describe('a result file', () => {
  test("has the original's name and fields", async () => {
    const folder = await newFolder();
    const path = await writeResultFile(folder, row());
    expect(path).toBe(join(folder, 'result_simulation_small_20250107_103002.json'));
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      ...{
        task_id: 'simulation_small',
        worker_id: 'worker1',
        start_time: '2025-01-07T10:29:59',
        end_time: '2025-01-07T10:30:02',
      },
      ...{ duration: 2.5, result: { digest: 'd' }, run_id: 'r1' },
    });
  });

  test('never replaces another of the same second, and is written once for one task', async () => {
    const folder = await newFolder();
    await writeResultFile(folder, row());
    await writeResultFile(folder, row({ run_id: 'r2' }));
    await writeResultFile(folder, row({ run_id: 'r2' }));
    await writeResultFile(folder, row());
    expect((await readdir(folder)).sort()).toEqual([
      'result_simulation_small_20250107_103002.json',
      'result_simulation_small_20250107_103002_2.json',
    ]);
  });

  test('many written at once each get a name of their own', async () => {
    const folder = await newFolder();
    await Promise.all(Array.from({ length: 20 }, (_, index) => writeResultFile(folder, row({ run_id: `r${index}` }))));
    const runs = await Promise.all(
      (await readdir(folder)).map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')).run_id),
    );
    expect(new Set(runs).size).toBe(20);
  });

  test.each([
    { name: 'a path', id: '../../etc/passwd', safe: '%2e%2e%2f%2e%2e%2fetc%2fpasswd' },
    { name: 'a device of Windows', id: 'a:b|c?', safe: 'a%3ab%7cc%3f' },
    { name: 'letters of any language', id: 'órbita-1.5', safe: 'órbita-1.5' },
  ])('$name in a task id stays inside the folder', ({ id, safe }) => {
    expect(safeName(id)).toBe(safe);
  });

  test('no id leads out of the folder, nor to a file that is there for others', async () => {
    const parent = await newFolder();
    const folder = join(parent, 'results');
    await mkdir(folder);
    const ids = [
      '..',
      '../x',
      '/etc/x',
      'a/../../x',
      '..\\x',
      'C:\\x',
      '~',
      '.hidden',
      'a\0b',
      '\u202e',
      '%2e%2e%2f',
      '\u001b[2J',
    ];
    for (const [index, id] of [...ids, ...ids.map((one) => one.repeat(40))].entries())
      await writeResultFile(folder, row({ id, run_id: `r${index}` }));
    expect(await readdir(parent)).toEqual(['results']);
    const names = await readdir(folder);
    expect(names).toHaveLength(2 * ids.length);
    for (const name of names) expect(name).toMatch(/^result_[\p{L}\p{N}%._-]+\.json$/u);
  });

  test('a long id is cut to what file systems take', () => {
    expect(Buffer.byteLength(safeName('ó'.repeat(128)))).toBeLessThanOrEqual(180);
  });
});

test('files that are due are written and marked, those that come meanwhile too', async () => {
  const folder = await newFolder();
  const due = [row({ key: 1, id: 'a' }), row({ key: 2, id: 'b' })];
  const marked: number[] = [];
  const ledger = {
    unexported: async (limit: number) => due.filter(({ key }) => !marked.includes(key)).slice(0, limit),
    markExported: async (keys: readonly number[]) => {
      marked.push(...keys);
    },
  };
  const files = new ResultFiles({ folder, ledger, logError: (message) => expect.fail(message) });
  files.wake();
  due.push(row({ key: 3, id: 'c' }));
  files.wake();
  await files.idle();
  expect(marked).toEqual([1, 2, 3]);
  expect(await readdir(folder)).toHaveLength(3);
});

test('a folder that cannot be written is reported, and nothing is marked', async () => {
  const messages: string[] = [];
  const ledger = { unexported: async () => [row()], markExported: async () => expect.fail('nothing was written') };
  const files = new ResultFiles({ folder: '/dev/null/results', ledger, logError: (message) => messages.push(message) });
  files.wake();
  await files.idle();
  expect(messages).toEqual([expect.stringContaining('cannot be written')]);
});
