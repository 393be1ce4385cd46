import { failedChecks } from '../../wire/check.ts';
import type { FunctionListing } from '../../wire/invocation.ts';
import type { Task } from '../../wire/task.ts';
import { Action } from '../parts/action.tsx';
import { Badge } from '../parts/badge.tsx';
import { Link } from '../parts/link.tsx';
import { pathOf, send } from '../state/api.ts';
import { nameOf, progress } from '../state/store.ts';
import { addressOf } from '../state/url.ts';
import { count, quantity, span, t } from '../text/text.ts';
import { cellText, type ParameterColumn, parameterOf } from './columns.ts';

interface TaskRowProps {
  readonly task: Task;
  readonly row: number;
  readonly columns: readonly ParameterColumn[];
  readonly functions: readonly FunctionListing[];
  readonly isCursor: boolean;
  readonly isChosen: boolean;
  readonly toggle: (isSpan: boolean) => void;
  readonly why: () => void;
  readonly changed: () => void;
}

export function taskAddress({ run_id, id }: Task): string {
  return addressOf('task', { run: run_id, id });
}

export function TaskRow({ task, row, columns, functions, isCursor, isChosen, toggle, why, changed }: TaskRowProps) {
  const { run_id, id, type, worker_id, attempts, priority } = task;
  return (
    <tr aria-rowindex={row + 2} class={`${isCursor ? 'is-cursor' : ''} ${isChosen ? 'is-chosen' : ''}`}>
      <td>
        <input
          type="checkbox"
          checked={isChosen}
          aria-label={t('tasks.choose', { task: id })}
          onClick={(event) => {
            event.preventDefault();
            toggle(event.shiftKey);
          }}
        />
      </td>
      <th scope="row" title={task.description ? `${id}: ${task.description}` : id}>
        <Link to={taskAddress(task)}>{id}</Link>
      </th>
      <td>
        <State task={task} why={why} />
      </td>
      <td class="number">
        <Done task={task} />
      </td>
      <td>
        <RowAction task={task} changed={changed} />
      </td>
      <td title={type}>{type}</td>
      <td title={worker_id ?? ''}>{worker_id}</td>
      <td class="number">{count(attempts)}</td>
      {columns.map(({ name }) => (
        <ParameterCell key={name} {...parameterOf(task, name, functions)} />
      ))}
      <td class="number">{count(priority)}</td>
      <td title={run_id}>
        <Link to={addressOf('run', { run: run_id })}>{run_id}</Link>
      </td>
    </tr>
  );
}

/** A row that is on its way. */
export function EmptyRow({ row, columns }: { row: number; columns: number }) {
  return (
    <tr aria-rowindex={row + 2} class="is-loading">
      <td colSpan={columns}>{t('loading')}</td>
    </tr>
  );
}

function State({ task, why }: { task: Task; why: () => void }) {
  const isSuspect = failedChecks(task.result).length > 0;
  return (
    <span class="state" title={task.error?.detail}>
      <Badge state={task.status} />
      {isSuspect && (
        <span class="suspect" title={t('tasks.suspectHint')}>
          <span aria-hidden="true">⚠</span> {t('tasks.suspect')}
        </span>
      )}
      {task.error && task.status !== 'cancelled' && <span class="faint"> {task.error.code}</span>}
      {task.status === 'queued' && (
        <button type="button" class="why-button" aria-label={t('tasks.whyLabel', { task: task.id })} onClick={why}>
          {t('tasks.why')}
        </button>
      )}
    </span>
  );
}

/** How long it took; how far it is while it runs. */
function Done({ task }: { task: Task }) {
  if (task.status !== 'running') return <span>{task.duration === null ? '' : span(task.duration)}</span>;
  const { done, total } = progress.value.get(nameOf(task)) ?? task.progress ?? { done: 0, total: 0 };
  if (total <= 0) return null;
  const percent = Math.floor((100 * done) / total);
  return (
    <span class="progress">
      <progress max={total} value={done} aria-label={`${percent} %`} /> {percent} %
    </span>
  );
}

function RowAction({ task, changed }: { task: Task; changed: () => void }) {
  const isOpen = task.status === 'queued' || task.status === 'running';
  if (task.status === 'succeeded') return null;
  const what = t(isOpen ? 'action.cancel' : 'action.retry');
  const path = pathOf(task.run_id, task.id);
  const act = async (): Promise<void> => {
    await (isOpen ? send('DELETE', path) : send('POST', `${path}/retry`));
    changed();
  };
  // Its state belongs to this task, not to the row.
  return <Action key={nameOf(task)} what={what} label={`${what}: ${task.id}`} confirm={isOpen} run={act} />;
}

function ParameterCell({ value, isDefault }: { value: unknown; isDefault: boolean }) {
  const text = cellText(value, quantity);
  const kind = typeof value === 'number' ? 'number' : '';
  return (
    <td
      class={`${kind} ${isDefault ? 'faint' : ''}`}
      title={isDefault && text !== '' ? t('tasks.byDefault', { value: text }) : text}
    >
      {text}
    </td>
  );
}
