/** What can be done about many tasks: those that are chosen, or all that match. */
import type { Signal } from '@preact/signals';
import { Action } from '../parts/action.tsx';
import { CsvLink } from '../parts/csv-link.tsx';
import { Link } from '../parts/link.tsx';
import { send } from '../state/api.ts';
import { nameOf } from '../state/store.ts';
import { addressOf } from '../state/url.ts';
import { count, t } from '../text/text.ts';
import { NOTHING, type Selection } from './selection.ts';
import type { TaskPages } from './task-pages.ts';

interface BulkActionsProps {
  readonly query: string;
  readonly pages: TaskPages;
  /** Grows when the pages change. */
  readonly version: number;
  readonly selection: Signal<Selection>;
}

export function BulkActions({ query, pages, version, selection }: BulkActionsProps) {
  const chosen = [...selection.value.tasks.values()];
  return (
    <div class="bulk" role="toolbar" aria-label={t('tasks.actions')}>
      {chosen.length === 0 ? (
        <OfAll query={query} pages={pages} version={version} />
      ) : (
        <OfChosen chosen={chosen} pages={pages} clear={() => (selection.value = NOTHING)} />
      )}
      <CsvLink query={query} name="tasks" text={t('tasks.csv')} />
    </div>
  );
}

/** Counted before it is confirmed; should more match by then, the orchestrator does nothing. */
function OfAll({ query, pages }: { query: string; pages: TaskPages; version: number }) {
  const { counts } = pages;
  if (!counts) return null;
  const [failed, cancelled, open] = [counts.failed, counts.cancelled, counts.queued + counts.running];
  const act = (what: 'cancel' | 'retry', atMost: number, only?: 'failed' | 'cancelled') => async () => {
    await send('POST', `/tasks/${what}`, { q: query, at_most: atMost, ...(only && { only }) });
    pages.refresh();
  };
  return (
    <>
      {failed > 0 && (
        <Action what={t('action.retryFailed', { count: count(failed) })} confirm run={act('retry', failed, 'failed')} />
      )}
      {cancelled > 0 && (
        <Action
          what={t('tasks.retryCancelled', { count: count(cancelled) })}
          confirm
          run={act('retry', cancelled, 'cancelled')}
        />
      )}
      {open > 0 && <Action what={t('tasks.cancelAll', { count: count(open) })} confirm run={act('cancel', open)} />}
    </>
  );
}

type Chosen = readonly { run_id: string; id: string }[];

function OfChosen({ chosen, pages, clear }: { chosen: Chosen; pages: TaskPages; clear: () => void }) {
  const act = (what: 'cancel' | 'retry') => async () => {
    await send('POST', `/tasks/${what}`, { tasks: chosen });
    clear();
    pages.refresh();
  };
  const [first, second] = chosen;
  return (
    <>
      <span role="status">{t('tasks.chosen', { count: count(chosen.length) })}</span>
      <Action what={t('action.retry')} label={t('tasks.retryChosen')} confirm run={act('retry')} />
      <Action what={t('action.cancel')} label={t('tasks.cancelChosen')} confirm run={act('cancel')} />
      {first && second && chosen.length === 2 && (
        <Link class="button" to={addressOf('compare', { run: first.run_id, id: first.id, with: nameOf(second) })}>
          {t('tasks.compare')}
        </Link>
      )}
      <button type="button" onClick={clear}>
        {t('tasks.chooseNone')}
      </button>
    </>
  );
}
