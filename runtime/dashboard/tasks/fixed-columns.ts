import type { ParameterColumn } from './columns.ts';

export interface FixedColumn {
  readonly name: 'check' | 'task' | 'state' | 'done' | 'act' | 'run' | 'type' | 'worker' | 'attempts' | 'priority';
  /** What the list is ordered by when its head is clicked. */
  readonly order?: string;
  readonly isNumber?: boolean;
  readonly rem: number;
}

/** What every task has, before its parameters. */
export const FIRST_COLUMNS: readonly FixedColumn[] = [
  { name: 'check', rem: 2.2 },
  { name: 'task', order: 'id', rem: 12 },
  { name: 'state', order: 'status', rem: 10.5 },
  { name: 'done', order: 'duration', isNumber: true, rem: 7.2 },
  { name: 'act', rem: 9 },
  { name: 'type', order: 'type', rem: 11 },
  { name: 'worker', order: 'worker', rem: 6.5 },
  { name: 'attempts', order: 'attempts', isNumber: true, rem: 5.5 },
];
/** And behind them. */
export const LAST_COLUMNS: readonly FixedColumn[] = [
  { name: 'priority', order: 'priority', isNumber: true, rem: 5.5 },
  { name: 'run', order: 'run', rem: 13.5 },
];

/** As wide as its name needs. */
export function widthOf({ name }: ParameterColumn): number {
  return Math.max(6, 1.8 + name.length * 0.52);
}
