/** Listens to the orchestrator's events, and finds back to them when it was away. */
import { batch } from '@preact/signals';
import type { Progress, RecordedEvent } from '../../wire/events.ts';
import type { Overview } from '../../wire/overview.ts';
import type { Run } from '../../wire/task.ts';
import { get, isSignInNeeded } from './api.ts';
import {
  changes,
  connection,
  forgetProgress,
  heardAt,
  takeOverview,
  takeProgress,
  takeRun,
  takeRuns,
  takeTasks,
  takeWorkerNews,
} from './store.ts';

const EVENTS = 'tasks,run,worker,progress,overview';
/** How soon it tries again: at once, then less and less often. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;
/** The overview comes three times as often at least. */
const SILENT_MS = 15_000;

type Recorded<Name> = Extract<RecordedEvent, { event: Name }>;

let lastEvent: number | null = null;
let retryMs = FIRST_RETRY_MS;
let source: EventSource | null = null;
/** Ends a connection on which nothing comes, or tries to have one again: one of the two. */
let timer: ReturnType<typeof setTimeout> | undefined;

/** Begins to listen; from then on it is never given up while the page is seen. */
export function connect(): void {
  hangUp();
  // Browsers open six connections to a server, of all pages together: those that nobody sees need none.
  if (!document.hidden) void open().catch(lost);
}

document.addEventListener('visibilitychange', () => {
  if (connection.value === 'live') connection.value = 'connecting';
  connect();
});

/** Everything anew first, where it is not known what came meanwhile; then from there on. */
async function open(): Promise<void> {
  if (lastEvent === null) await lookAnew();
  // Meanwhile another attempt may have got there first, or nobody looks any more.
  if (source !== null || document.hidden) return;
  source = new EventSource(`/events?events=${EVENTS}&after=${lastEvent}`);
  const on = <Data>(name: string, take: (data: Data) => void): void =>
    source!.addEventListener(name, (message) => {
      if (message.lastEventId !== '') lastEvent = Number(message.lastEventId);
      heard();
      batch(() => take(JSON.parse(message.data) as Data));
    });
  on<Recorded<'tasks'>>('tasks', ({ at, tasks }) => takeTasks(at, tasks));
  on<Recorded<'run'>>('run', ({ change, run }) => takeRun(change, run));
  on<Recorded<'worker'>>('worker', takeWorkerNews);
  on<{ tasks: Progress[] }>('progress', ({ tasks }) => takeProgress(tasks));
  on<Overview>('overview', takeOverview);
  on('reset', () => {
    lastEvent = null;
    connect();
  });
  source.onopen = () => {
    retryMs = FIRST_RETRY_MS;
    heard();
    connection.value = 'live';
  };
  // The browser would try again by itself, but not after an answer that is no stream of events.
  source.onerror = lost;
}

function hangUp(): void {
  clearTimeout(timer);
  source?.close();
  source = null;
}

/** A network that is gone says nothing: nor does the browser. */
function heard(): void {
  heardAt.value = Date.now();
  clearTimeout(timer);
  timer = setTimeout(lost, SILENT_MS);
}

async function lookAnew(): Promise<void> {
  const [overview, { runs }] = await Promise.all([get<Overview>('/overview'), get<{ runs: Run[] }>('/runs')]);
  batch(() => {
    takeRuns(runs);
    takeOverview(overview);
    forgetProgress();
    changes.value += 1;
  });
  lastEvent = overview.last_event;
}

function lost(): void {
  hangUp();
  if (connection.value === 'live') connection.value = 'lost';
  if (isSignInNeeded.value) return;
  timer = setTimeout(connect, retryMs);
  retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
}
