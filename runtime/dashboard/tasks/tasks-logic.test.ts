import { describe, expect, it } from 'vitest';
import { fakeTask } from '../../client/testing/fake-orchestrator.ts';
import { MOST_NAMED, type TaskList } from '../../wire/orchestrator-api.ts';
import { ROW_PX, rowWindow, scrollTo } from '../parts/row-window.ts';
import { nameOf } from '../state/store.ts';
import { columnsOf, parameterOf } from './columns.ts';
import { choosing, NOTHING, spanTo } from './selection.ts';
import { suggest } from './suggestions.ts';
import { PAGE_ROWS, TaskPages } from './task-pages.ts';

describe('the rows in view', () => {
  const VIEW_PX = 600;

  it.each([
    { name: 'the top', scrollTop: 0, rows: 10_000, from: 0, to: 23 },
    { name: 'the middle', scrollTop: 50_000, rows: 10_000, from: 4_988, to: 5_023 },
    { name: 'the end', scrollTop: 99_900, rows: 10_000, from: 9_978, to: 10_000 },
    { name: 'beyond the end, when rows went', scrollTop: 99_900, rows: 30, from: 8, to: 30 },
    { name: 'a few rows', scrollTop: 0, rows: 3, from: 0, to: 3 },
  ])('are there, and some beyond them: $name', ({ scrollTop, rows, from, to }) => {
    const shown = rowWindow(scrollTop, 100, rows, 10);
    expect(shown).toMatchObject({ from, to, abovePx: from * 10, belowPx: (rows - to) * 10 });
  });

  it.each([0, 1, 17, 10_000, 1_000_000])('of %i can all be scrolled to, and fill the view', (rows) => {
    for (let step = 0; step <= 200; step += 1) {
      const { abovePx, belowPx, from, to } = rowWindow(0, VIEW_PX, rows);
      const listPx = abovePx + belowPx + (to - from) * ROW_PX;
      const scrollTop = (step / 200) * Math.max(0, listPx - VIEW_PX);
      const now = rowWindow(scrollTop, VIEW_PX, rows);
      expect(now.to - now.from).toBeLessThan(60);
      expect(now.abovePx).toBeLessThanOrEqual(scrollTop + 1);
      const lastPx = now.abovePx + (now.to - now.from) * ROW_PX;
      expect(lastPx).toBeGreaterThanOrEqual(Math.min(scrollTop + VIEW_PX, listPx) - 1);
      expect(now.abovePx + now.belowPx + (now.to - now.from) * ROW_PX).toBeCloseTo(listPx, 3);
      if (step === 200) expect(now.to).toBe(rows);
    }
  });

  it('are scrolled to when one of them is not there, and stay when it is', () => {
    for (const rows of [10_000, 1_000_000])
      for (const row of [0, 5, 5_000, rows - 1]) {
        const top = scrollTo(row, 0, VIEW_PX, rows);
        const { from, to } = rowWindow(top, VIEW_PX, rows);
        expect(from <= row && row < to).toBe(true);
        expect(scrollTo(row, top, VIEW_PX, rows)).toBeCloseTo(top, 6);
      }
  });
});

const FUNCTION = {
  ...{ name: 'box', also_named: ['caja'], parameter_spellings: { semilla: 'seed' } },
  parameters: {
    properties: { particles: { default: 100, title: 'Particles' }, seed: { default: 1 }, steps: { default: 10 } },
  },
};

describe('the columns of parameters', () => {
  const tasks = [
    fakeTask({ id: 'a', type: 'caja', parameters: { steps: 5, semilla: 7 } }),
    fakeTask({ id: 'b', type: 'box', parameters: { steps: 5, seed: 8 } }),
  ];

  it('stand in the order of what they tell: values that differ, values that were given, defaults', () => {
    expect(columnsOf(tasks, [FUNCTION]).map(({ name }) => name)).toEqual(['seed', 'steps', 'particles']);
    expect(columnsOf(tasks, [FUNCTION])[2]).toEqual({ name: 'particles', title: 'Particles' });
    expect(parameterOf(tasks[0]!, 'seed', [FUNCTION])).toEqual({ value: 7, isDefault: false });
    expect(parameterOf(tasks[0]!, 'particles', [FUNCTION])).toEqual({ value: 100, isDefault: true });
  });

  it('stay where they are when others come', () => {
    const earlier = [{ name: 'steps', title: 'steps' }];
    expect(columnsOf(tasks, [FUNCTION], earlier).map(({ name }) => name)).toEqual(['steps', 'seed', 'particles']);
    expect(columnsOf([fakeTask({ id: 'c', type: 'gone', parameters: { x: 1 } })], [], [])).toEqual([
      { name: 'x', title: 'x' },
    ]);
  });
});

describe('a selection', () => {
  const rows = ['a', 'b', 'c', 'd'].map((id) => ({ run_id: 'r', id }));

  it('grows by rows and by spans, and shrinks as it grew', () => {
    const one = choosing(NOTHING, [rows[1]!], true, 1);
    expect(spanTo(3, one)).toEqual({ from: 1, to: 4 });
    const span = choosing(one, rows.slice(1, 4), true, 3);
    expect([...span.tasks.keys()]).toEqual(['r/b', 'r/c', 'r/d']);
    expect(spanTo(2, span)).toEqual({ from: 2, to: 4 });
    const less = choosing(span, rows.slice(2, 4), false, 2);
    expect([...less.tasks.values()].map(nameOf)).toEqual(['r/b']);
    expect(spanTo(0, NOTHING)).toEqual({ from: 0, to: 1 });
    expect(spanTo(1_000_000, one)).toEqual({ from: 1, to: 1 + MOST_NAMED });
    expect(spanTo(0, { ...NOTHING, anchor: 1_000_000 })).toEqual({ from: 1_000_001 - MOST_NAMED, to: 1_000_001 });
  });
});

describe('what may come next in a search', () => {
  const known = { parameters: ['particles', 'seed'], types: ['box', 'caja'], workers: ['w1'], runs: ['r1'] };

  it.each([
    { text: 'par', texts: ['particles='] },
    { text: 'a -sta', texts: ['status:'] },
    { text: 'status:f', texts: ['failed'] },
    { text: 'status:failed,c', texts: ['cancelled'] },
    { text: 'type:', texts: ['box', 'caja'] },
    { text: 'run:n', texts: ['newest'] },
    { text: 'seed=4', texts: [] },
    { text: 'status:failed ', texts: [] },
    { text: '"par', texts: [] },
  ])('after $text', ({ text, texts }) => {
    expect(suggest(text, text.length, known).texts).toEqual(texts);
  });

  it('takes the place of the word at the caret only', () => {
    const text = 'a -sta b';
    const { start, end, texts } = suggest(text, 6, known);
    expect(text.slice(0, start) + texts[0] + text.slice(end)).toBe('a -status: b');
  });
});

describe('the pages of a list', () => {
  /** An orchestrator with so many tasks, and what it was asked for. */
  function makePages(total: number) {
    const asked: number[] = [];
    const server = { total };
    const pages = new TaskPages({
      get: async (path) => {
        const { searchParams } = new URL(path, 'http://localhost');
        const [offset, limit] = [Number(searchParams.get('offset')), Number(searchParams.get('limit'))];
        asked.push(offset);
        const tasks = Array.from({ length: Math.max(0, Math.min(limit, server.total - offset)) }, (_, index) =>
          fakeTask({ id: `${searchParams.get('q')}${offset + index}` }),
        );
        const counts = { queued: 0, running: 0, succeeded: server.total, failed: 0, cancelled: 0 };
        return { tasks, next: null, total: server.total, counts, as_of: 1, is_current: true } satisfies TaskList;
      },
      changed: () => {},
    });
    return { pages, asked, server };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('are fetched as they are looked at, each once', async () => {
    const { pages, asked } = makePages(10_000);
    pages.search('x', '');
    await settled();
    expect([pages.total, pages.row(3)?.id, pages.row(PAGE_ROWS)]).toEqual([10_000, 'x3', null]);
    pages.look(5_000, 5_150);
    await settled();
    pages.look(0, 20);
    await settled();
    expect(asked).toEqual([0, 5_000, 5_100]);
    expect(pages.row(5_149)?.id).toBe('x5149');
  });

  it('are fetched again when something changed, those in view only, and shown meanwhile', async () => {
    const { pages, asked, server } = makePages(1_000);
    pages.search('', '');
    await settled();
    pages.look(300, 320);
    await settled();
    server.total = 310;
    pages.refresh();
    expect(pages.row(305)?.id).toBe('305');
    await settled();
    expect(asked).toEqual([0, 300, 300]);
    expect([pages.total, pages.row(309)?.id, pages.row(310)]).toEqual([310, '309', null]);
  });

  it('give rows that are not here when somebody chooses a long span', async () => {
    const { pages } = makePages(2_000);
    pages.search('', '');
    await settled();
    const rows = (await pages.read(50, 1_050))!;
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 1_000 }, (_, index) => String(50 + index)));
  });

  it('give those that are there where the list has become shorter, and none of a search that is over', async () => {
    const { pages, server } = makePages(500);
    pages.search('', '');
    await settled();
    server.total = 120;
    expect(await pages.read(50, 400)).toHaveLength(70);
    const late = pages.read(50, 400);
    pages.search('x', '');
    expect(await late).toBeNull();
  });
});
