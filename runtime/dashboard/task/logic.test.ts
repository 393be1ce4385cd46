import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readTaskList } from '../../orchestrator/api/task-list.ts';
import type { TaskDetail } from '../../wire/task.ts';
import { differencesOf, overlay, sameBits } from './difference.ts';
import { descriptionOf, fieldsOf } from './fields.ts';
import { secondsLeft, seriesOf, withReport } from './reports.ts';
import { findSeries } from './series.ts';
import { curlToFetch, curlToSubmit, fileName, quoted, seriesCsv, submissionOf, taskCsv } from './submission.ts';

const HOSTILE = `it's "quoted" $(touch x) \`x\` \\ <img src=x onerror=alert(1)>\n\u001b[2J\u202e: - # {}`;

function task(more: Partial<TaskDetail> = {}): TaskDetail {
  return {
    ...{ run_id: 'r1', id: 'a', type: 'noop', priority: 5, parameters: { seed: 1 }, status: 'succeeded', attempts: 1 },
    ...{ worker_id: 'w1', duration: 1.5, result: null, measured: null, error: null, history: [] },
    ...{ retries: 3, retry_on: ['worker_lost', 'unavailable', 'overload'], timeout_ms: null },
    ...more,
  };
}

describe('a task as a submission', () => {
  test('has what its user asked for, and nothing that is the default', () => {
    expect(submissionOf(task())).toEqual({ tasks: [{ id: 'a', type: 'noop', parameters: { seed: 1 } }] });
    const more = { priority: 1, retries: 0, timeout_ms: 500, retry_on: ['timeout' as const], description: 'why' };
    expect(submissionOf(task({ ...more, parameters: {} }))).toEqual({ tasks: [{ id: 'a', type: 'noop', ...more }] });
  });

  test('is one word of a shell, whatever is in it, and drives no terminal', () => {
    const hostile = task({ id: HOSTILE, parameters: { [HOSTILE]: HOSTILE } });
    const { command, file } = curlToSubmit(hostile, 'http://localhost:5000');
    expect(file).toBeNull();
    expect(command).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    const words = execFileSync(
      'sh',
      ['-c', `for word in ${command.slice('curl '.length)}; do printf '%s\\0' "$word"; done`],
      { encoding: 'utf8' },
    );
    const [url, , , , body] = words.split('\0');
    expect(url).toBe('http://localhost:5000/execute_tasks?wait=60');
    expect(JSON.parse(body!)).toEqual(submissionOf(hostile));
    expect(curlToFetch({ run_id: 'r', id: "a/'b" }, 'http://x')).toBe(`curl 'http://x/tasks/r/a%2F'\\''b'`);
  });

  test('goes by way of a file where it is too long for a command line', () => {
    const long = task({ parameters: { positions: Array.from({ length: 30_000 }, (_, index) => index) } });
    const { command, file } = curlToSubmit(long, 'http://localhost:5000');
    expect(command).toContain("--data-binary '@a.submission.json'");
    expect(JSON.parse(file!.text)).toEqual(submissionOf(long));
  });

  test('is read again from YAML as it was', () => {
    const hostile = task({ id: 'yes', parameters: { text: HOSTILE, on: '1e3', list: [1, null, { deep: '~' }] } });
    const { entries } = readTaskList(stringify(submissionOf(hostile)), 'yaml', 'the body');
    expect(entries).toEqual(submissionOf(hostile).tasks);
  });

  test('quotes quotes', () => expect(quoted("a'b")).toBe(`'a'\\''b'`));
});

describe('files', () => {
  test('a series is CSV with its x first; a column of row numbers is left out', () => {
    const [series] = findSeries({
      rows: [
        { 'a,"b"': 1, step: 0 },
        { 'a,"b"': 0.5, step: 10 },
        { 'a,"b"': null, step: 20 },
      ],
    });
    expect(seriesCsv(series!)).toBe('step,"a,""b"""\r\n0,1\r\n10,0.5\r\n20,\r\n');
    expect(seriesCsv(findSeries({ rows: [{ y: 1 }, { y: 0 }, { y: 2 }] })[0]!)).toBe('y\r\n1\r\n0\r\n2\r\n');
  });

  test('a task is a row of its single values', () => {
    const one = task({
      parameters: { note: 'a,b\n"c"', box: [1, 2] },
      result: { rows: [1, 2, 3, 4, 5], digest: 'd', checks: [] },
    });
    const [head, ...rest] = taskCsv(one).split('\r\n');
    expect(head).toBe(
      'run_id,task,type,priority,status,worker,attempts,duration,parameters.note,parameters.box.0,parameters.box.1,result.digest',
    );
    expect(rest.join('\r\n')).toBe('r1,a,noop,5,succeeded,w1,1,1.5,"a,b\n""c""",1,2,d\r\n');
  });

  test.each([
    { id: 'sweep/1 a', name: 'sweep_1_a.json' },
    { id: '../../etc', name: '__.._etc.json' },
    { id: 'ñandú-1.5', name: 'ñandú-1.5.json' },
  ])('are named by the task: $id', ({ id, name }) => expect(fileName(id, 'json')).toBe(name));
});

describe('fields', () => {
  test('are rows by their paths; a long list is told by its length', () => {
    expect(fieldsOf({ a: 1, b: { c: 'x', d: null }, box: [1, 2], rows: [1, 2, 3, 4, 5], none: [] })).toEqual([
      { name: 'a', value: 1 },
      { name: 'b.c', value: 'x' },
      { name: 'b.d', value: null },
      { name: 'box.0', value: 1 },
      { name: 'box.1', value: 2 },
      { name: 'rows', value: { items: 5 } },
      { name: 'none', value: { items: 0 } },
    ]);
  });

  test('are described by the schema, or by what they are part of', () => {
    const schema = {
      properties: {
        averages: {
          description: 'Over the rows.',
          properties: { temp: { properties: { error: { description: 'Standard error.' } } } },
        },
        box: { anyOf: [{ type: 'null' }, { items: { description: 'An edge.' } }] },
      },
    };
    expect(descriptionOf(schema, 'averages.temp.error')).toBe('Standard error.');
    expect(descriptionOf(schema, 'averages.temp.mean')).toBe('Over the rows.');
    expect(descriptionOf(schema, 'box.1')).toBe('An edge.');
    expect(descriptionOf(schema, 'constructor')).toBeNull();
    expect(descriptionOf(undefined, 'a')).toBeNull();
  });
});

describe('two tasks', () => {
  test('differ field by field, what differs first', () => {
    const rows = differencesOf(
      { same: 1, seed: 4, list: [1, 2, 3, 4, 5], gone: 'x' },
      { same: 1, seed: 5, list: [1, 2, 3, 4, 6] },
    );
    expect(rows).toEqual([
      { name: 'seed', first: 4, second: 5, isDifferent: true, relative: 0.25 },
      { name: 'list', first: { items: 5 }, second: { items: 5 }, isDifferent: true, relative: null },
      { name: 'gone', first: 'x', second: undefined, isDifferent: true, relative: null },
      { name: 'same', first: 1, second: 1, isDifferent: false, relative: null },
    ]);
  });

  test('have the same bits where their digests say so', () => {
    expect(sameBits({ digest: 'a' }, { digest: 'a' })).toBe('same');
    expect(sameBits({ digest: 'a' }, { digest: 'b' })).toBe('other');
    expect(sameBits(null, { digest: 'b' })).toBe('unknown');
  });

  test('are drawn over the places of both', () => {
    expect(overlay({ x: [0, 2], y: [1, 2] }, { x: [0, 1, 2], y: [3, null, 5] })).toEqual({
      ...{ x: [0, 1, 2], first: [1, null, 2], second: [3, null, 5] },
    });
  });
});

describe('what a running attempt says', () => {
  const said = (done: number, temp?: number) => ({
    done,
    total: 100,
    ...(temp !== undefined && { observables: { temp } }),
  });

  test('becomes a series over what is done, and an end', () => {
    const reports = withReport(withReport(withReport([], said(10, 1), 0), said(10, 1), 500), said(20, 2), 2_000);
    expect(seriesOf(reports)).toEqual({
      ...{ name: 'observables', x: { name: 'done', values: [10, 20] }, columns: [{ name: 'temp', values: [1, 2] }] },
    });
    expect(secondsLeft(reports)).toBe(16);
    expect(secondsLeft(reports.slice(1))).toBeNull();
  });

  test('begins anew when it steps back, and stays bounded', () => {
    let reports = withReport(withReport([], said(50, 1), 0), said(40, 2), 1);
    expect(reports.map(({ done }) => done)).toEqual([40]);
    for (let done = 41; done < 5_000; done += 1) reports = withReport(reports, said(done, 1), done);
    expect(reports.length).toBeLessThanOrEqual(801);
    expect([reports[0]!.done, reports.at(-1)!.done]).toEqual([40, 4_999]);
  });
});
