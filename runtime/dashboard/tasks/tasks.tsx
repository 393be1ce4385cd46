/** The tasks that a search finds: how many, what can be done about them, and a table of them. */
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { FunctionListing } from '../../wire/invocation.ts';
import type { TaskList } from '../../wire/orchestrator-api.ts';
import { Command } from '../parts/command.tsx';
import { CountsBar } from '../parts/counts-bar.tsx';
import { Failure } from '../parts/failure.tsx';
import { get } from '../state/api.ts';
import { useFunctions } from '../state/functions.ts';
import { spanText, type TimeSpan, toSpan } from '../state/span.ts';
import { changes, isLive, overview, runs } from '../state/store.ts';
import { choose, part } from '../state/url.ts';
import { count, moment, t } from '../text/text.ts';
import { BulkActions } from './bulk-actions.tsx';
import { columnsOf, type ParameterColumn } from './columns.ts';
import { faultOf, SearchBox } from './search-box.tsx';
import { NOTHING, type Selection } from './selection.ts';
import { TaskPages } from './task-pages.ts';
import { TaskTable } from './task-table.tsx';

/** Something changes all the time: what is shown is asked for again at most so often. */
const AGAIN_MS = 1_000;
/** Until they are known. */
const NO_FUNCTIONS: readonly FunctionListing[] = [];

export function Tasks() {
  const functions = useFunctions().answer ?? NO_FUNCTIONS;
  const version = useSignal(0);
  const pages = useMemo(() => new TaskPages({ get: get<TaskList>, changed: () => (version.value += 1) }), []);
  const selection = useSignal<Selection>(NOTHING);
  const columns = useRef<{ subject: string; list: ParameterColumn[] }>({ subject: '', list: [] });
  const query = useComputed(() => searched());
  useSignalEffect(() => {
    const [q, order] = [query.value, part('order')];
    if (faultOf(q, null)) return;
    selection.value = NOTHING;
    pages.search(q, order);
  });
  useEffect(() => () => pages.stop(), []);
  useRefreshed(() => pages.refresh());
  // Another function or search may have other parameters; otherwise the columns stay where they are.
  const subject = `${functions.length} ${query.value}`;
  const isSame = columns.current.subject === subject;
  columns.current = {
    subject,
    list: columnsOf(pages.loaded(), functions, isSame ? columns.current.list : []),
  };
  const known = {
    parameters: [...new Set(functions.flatMap(parameterNames))],
    types: functions.flatMap(({ name, also_named }) => [name, ...also_named]),
    workers: overview.value?.workers.map(({ id }) => id) ?? [],
    runs: [...runs.value.keys()],
  };
  return (
    <section class="panel tasks" aria-labelledby="tasks-title">
      <h1 id="tasks-title">{t('nav.tasks')}</h1>
      <SearchBox known={known} />
      <SpanChip />
      {pages.error && <Failure error={pages.error} />}
      <Found pages={pages} version={version.value} />
      <BulkActions query={query.value} pages={pages} version={version.value} selection={selection} />
      {pages.total === 0 ? (
        <Nothing />
      ) : (
        <TaskTable
          pages={pages}
          version={version.value}
          columns={columns.current.list}
          functions={functions}
          selection={selection}
        />
      )}
    </section>
  );
}

/** What is asked for: what was typed, within the span that was brushed. */
export function searched(): string {
  const span = brushed();
  return [part('q'), ...(span ? [`during:${spanText(span)}`] : [])].filter((text) => text !== '').join(' ');
}

/** Null for what is no span, too. */
function brushed(): TimeSpan | null {
  return toSpan(part('span'));
}

function parameterNames({ parameters, parameter_spellings }: FunctionListing): string[] {
  return [...Object.keys((parameters.properties ?? {}) as object), ...Object.keys(parameter_spellings)];
}

/** Calls back soon after something changed, and not more often than once a second. */
function useRefreshed(refresh: () => void): void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useSignalEffect(() => {
    changes.value;
    if (!isLive.value || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      refresh();
    }, AGAIN_MS);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
}

/** How many there are, exactly, and of which states. */
function Found({ pages }: { pages: TaskPages; version: number }) {
  const { total, counts } = pages;
  if (total === null || counts === null) return pages.error ? null : <p class="empty">{t('loading')}</p>;
  const all = Object.values(overview.value?.tasks ?? counts).reduce((sum, one) => sum + one, 0);
  return (
    <div class="found">
      <p role="status">
        {searched() === ''
          ? t('tasks.all', { count: count(total) })
          : t('tasks.found', { count: count(total), all: count(Math.max(all, total)) })}
      </p>
      <CountsBar counts={counts} label={t('tasks.byState')} />
    </div>
  );
}

/** The span of the timeline that narrows what is found. */
function SpanChip() {
  const span = brushed();
  if (!span) return null;
  return (
    <p class="chip">
      {t('tasks.span', { from: moment(span.from), to: moment(span.to) })}{' '}
      <button type="button" onClick={() => choose({ span: null })}>
        {t('tasks.wholeTime')}
      </button>
    </p>
  );
}

function Nothing() {
  if (searched() !== '')
    return (
      <p class="empty">
        {t('tasks.noMatch')}{' '}
        <button type="button" onClick={() => choose({ q: null, span: null })}>
          {t('tasks.showAll')}
        </button>
      </p>
    );
  return (
    <p class="empty">
      {t('tasks.none')} <Command text={`motes execute configs/tasks.yaml --url ${location.origin}`} />
    </p>
  );
}
