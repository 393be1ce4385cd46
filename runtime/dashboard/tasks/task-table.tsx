/** The table: only the rows in view are there, however many there are. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { FunctionListing } from '../../wire/invocation.ts';
import type { Task } from '../../wire/task.ts';
import { ROW_PX, rowWindow, scrollTo } from '../parts/row-window.ts';
import { nameOf } from '../state/store.ts';
import { choose, go, part } from '../state/url.ts';
import { t } from '../text/text.ts';
import type { ParameterColumn } from './columns.ts';
import { FIRST_COLUMNS, type FixedColumn, LAST_COLUMNS, widthOf } from './fixed-columns.ts';
import { choosing, type Selection, spanTo } from './selection.ts';
import type { TaskPages } from './task-pages.ts';
import { EmptyRow, TaskRow, taskAddress } from './task-row.tsx';
import { Why } from './why.tsx';

interface TaskTableProps {
  readonly pages: TaskPages;
  /** Grows when the pages change. */
  readonly version: number;
  readonly columns: readonly ParameterColumn[];
  readonly functions: readonly FunctionListing[];
  readonly selection: Signal<Selection>;
}

export function TaskTable({ pages, columns, functions, selection }: TaskTableProps) {
  const scroller = useRef<HTMLElement>(null);
  const view = useSignal({ top: 0, px: 600 });
  const cursor = useSignal(0);
  const asked = useSignal<Task | null>(null);
  const total = pages.total ?? 0;
  const { from, to, abovePx, belowPx } = rowWindow(view.value.top, view.value.px, total);
  useEffect(() => pages.look(from, to), [from, to]);
  useEffect(() => watchSize(scroller.current!, (px) => (view.value = { ...view.peek(), px })), []);
  const look = (): void => {
    view.value = { ...view.peek(), top: scroller.current!.scrollTop };
  };
  const goTo = (row: number): void => {
    const target = Math.max(0, Math.min(total - 1, row));
    cursor.value = target;
    scroller.current!.scrollTop = scrollTo(target, view.peek().top, view.peek().px - HEAD_PX, total);
    look();
  };
  const toggle = async (row: number, isSpan: boolean): Promise<void> => {
    const task = pages.row(row);
    if (!task) return;
    const isChosen = !selection.peek().tasks.has(nameOf(task));
    const span = isSpan ? spanTo(row, selection.peek()) : { from: row, to: row + 1 };
    const rows = await pages.read(span.from, span.to);
    if (rows) selection.value = choosing(selection.peek(), rows, isChosen, row);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.target !== scroller.current) return;
    const move = MOVES[event.key]?.(cursor.value, Math.floor(view.value.px / ROW_PX), total);
    const task = pages.row(cursor.value);
    if (move !== undefined) goTo(move);
    else if (event.key === ' ') void toggle(cursor.value, event.shiftKey);
    else if (event.key === 'Enter' && task) go(taskAddress(task));
    else return;
    event.preventDefault();
  };
  const rows = Array.from({ length: to - from }, (_, index) => from + index);
  return (
    <>
      <Why task={asked.value} close={() => (asked.value = null)} />
      <section
        class="tasks-scroll"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the rows are gone through with the arrow keys
        tabIndex={0}
        aria-label={t('tasks.keys')}
        onScroll={look}
        onKeyDown={onKey}
      >
        <div style={{ paddingTop: `${abovePx}px`, paddingBottom: `${belowPx}px` }}>
          <table aria-rowcount={total + 1} aria-label={t('nav.tasks')} style={{ width: `${tableWidth(columns)}rem` }}>
            <Head columns={columns} />
            <tbody>
              {rows.map((row) => {
                const task = pages.row(row);
                return task ? (
                  <TaskRow
                    key={row}
                    {...{ task, row, columns, functions }}
                    isCursor={row === cursor.value}
                    isChosen={selection.value.tasks.has(nameOf(task))}
                    toggle={(isSpan) => void toggle(row, isSpan)}
                    why={() => (asked.value = task)}
                    changed={() => pages.refresh()}
                  />
                ) : (
                  <EmptyRow key={row} row={row} columns={FIRST_COLUMNS.length + columns.length + LAST_COLUMNS.length} />
                );
              })}
            </tbody>
          </table>
        </div>
      </section>
    </>
  );
}

const HEAD_PX = ROW_PX;

/** Where a key leads from a row. */
const MOVES: Readonly<Record<string, (row: number, inView: number, total: number) => number>> = {
  ArrowDown: (row) => row + 1,
  ArrowUp: (row) => row - 1,
  PageDown: (row, inView) => row + inView,
  PageUp: (row, inView) => row - inView,
  Home: () => 0,
  End: (_row, _inView, total) => total - 1,
};

function watchSize(element: HTMLElement, tell: (px: number) => void): () => void {
  const observer = new ResizeObserver(() => tell(element.clientHeight));
  observer.observe(element);
  return () => observer.disconnect();
}

function tableWidth(columns: readonly ParameterColumn[]): number {
  const fixed = [...FIRST_COLUMNS, ...LAST_COLUMNS].reduce((sum, { rem }) => sum + rem, 0);
  return fixed + columns.reduce((sum, one) => sum + widthOf(one), 0);
}

function Head({ columns }: { columns: readonly ParameterColumn[] }) {
  const widths = [
    ...FIRST_COLUMNS.map(({ rem }) => rem),
    ...columns.map(widthOf),
    ...LAST_COLUMNS.map(({ rem }) => rem),
  ];
  return (
    <>
      <colgroup>
        {widths.map((rem, index) => (
          <col key={index} style={{ width: `${rem}rem` }} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {FIRST_COLUMNS.map((column) => (
            <FixedHead key={column.name} column={column} />
          ))}
          {columns.map(({ name, title }) => (
            <OrderHead key={name} order={name} title={title} isNumber>
              {name}
            </OrderHead>
          ))}
          {LAST_COLUMNS.map((column) => (
            <FixedHead key={column.name} column={column} />
          ))}
        </tr>
      </thead>
    </>
  );
}

function FixedHead({ column }: { column: FixedColumn }) {
  const text = t(`tasks.column.${column.name}`);
  if (column.order)
    return (
      <OrderHead order={column.order} isNumber={column.isNumber}>
        {text}
      </OrderHead>
    );
  return (
    <th scope="col" class={`is-${column.name}`}>
      <span class={column.name === 'check' || column.name === 'act' ? 'unseen' : undefined}>{text}</span>
    </th>
  );
}

interface OrderHeadProps {
  readonly order: string;
  readonly title?: string;
  readonly isNumber?: boolean | undefined;
  readonly children: string;
}

/** A head to click: first the smallest first, then the largest, then as submitted again. */
function OrderHead({ order, title, isNumber, children }: OrderHeadProps) {
  const now = part('order');
  const [next, sorted, arrow] =
    now === order
      ? ([`-${order}`, 'ascending', '▲'] as const)
      : now === `-${order}`
        ? ([null, 'descending', '▼'] as const)
        : ([order, 'none', ''] as const);
  return (
    <th scope="col" aria-sort={sorted} class={isNumber ? 'number' : undefined}>
      <button type="button" class="order" title={title} onClick={() => choose({ order: next })}>
        {children} <span aria-hidden="true">{arrow}</span>
      </button>
    </th>
  );
}
