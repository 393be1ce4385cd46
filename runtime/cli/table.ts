import Table from 'cli-table3';
import { styled } from './format.ts';
import type { OutputStream } from './terminal.ts';

/** One column: its head, its side, and how a row fills it. */
export interface Column<Row> {
  readonly head: string;
  readonly align?: 'left' | 'right';
  cell(row: Row): string;
}

/** Without rules: easy on the eye, and easy to cut with awk when piped. */
const NO_RULES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Rows under their heads, in aligned columns, as `stream` can show them. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], stream: OutputStream): string {
  const table = new Table({
    head: columns.map((column) => styled(stream, 'bold', column.head)),
    colAligns: columns.map((column) => column.align ?? 'left'),
    chars: NO_RULES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  table.push(...rows.map((row) => columns.map((column) => column.cell(row))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
