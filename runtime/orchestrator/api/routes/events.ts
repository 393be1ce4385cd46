/** `GET /events`: what happens, as it happens, as server-sent events; `GET /overview`: how it is now. */
import type { Hono } from 'hono';
import type * as v from 'valibot';
import { readHeaders, readQuery } from '../../../http/query.ts';
import { EVENT_NAMES, type EventName } from '../../../wire/events.ts';
import type { Overview } from '../../../wire/overview.ts';
import { Problem } from '../../../wire/problem.ts';
import type { Told, Watcher } from '../../events/event-hub.ts';
import type { OrchestratorDependencies } from '../dependencies.ts';
import { followEvents } from '../operations/events.ts';

/** Without anything else to tell, a line is sent after so long, so that both ends see that the other is there. */
const IDLE_MS = 10_000;
/** A reader that takes nothing for so long is cut off; it may come back with what it had last. */
const STALLED_MS = 15_000;
/** How soon a browser comes back by itself. */
const RETRY_MS = 1_000;

const STREAM_HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };

interface Filter {
  readonly names: readonly EventName[];
  readonly run: string | null;
  readonly task: string | null;
}

export function addEventRoutes(app: Hono, { events, overview }: OrchestratorDependencies): void {
  app.get('/overview', async (c) => c.json((await overview()) satisfies Overview));
  app.get('/events', (c) => {
    const query = readQuery(c, followEvents.query);
    const headers = readHeaders(c, followEvents.headers);
    const filter = filterOf(query);
    // As the browser says that comes back, or as the query has it; else with what happens now.
    const watcher = events.watch(headers['last-event-id'] ?? query.after ?? null);
    if (!watcher) throw new Problem('overload', 'too many watch the events already - close a page or a client');
    return c.body(streamOf(watcher, filter), 200, STREAM_HEADERS);
  });
}

function filterOf(query: v.InferOutput<typeof followEvents.query>): Filter {
  const { events: names, run_id: run = null, task_id: task = null } = query;
  if (task !== null && run === null)
    throw new Problem('invalid_query', 'task_id names a task of a run - add run_id', { pointer: '/run_id' });
  return { names: names ?? EVENT_NAMES.filter((name) => name !== 'overview'), run, task };
}

/** A piece is made when the last one was taken: that is all that waits for a slow reader. */
function streamOf(watcher: Watcher, filter: Filter): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stalled: NodeJS.Timeout | undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
    },
    async pull(controller) {
      clearTimeout(stalled);
      const text = await nextText(watcher, filter);
      if (text === null) return controller.close();
      controller.enqueue(encoder.encode(text));
      stalled = setTimeout(() => {
        watcher.close();
        controller.error(new Error('the reader takes nothing'));
      }, STALLED_MS);
    },
    cancel() {
      clearTimeout(stalled);
      watcher.close();
    },
  });
}

/** What is to be told next; null at the end. */
async function nextText(watcher: Watcher, filter: Filter): Promise<string | null> {
  for (;;) {
    const { promise: idle, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, IDLE_MS);
    const told = await watcher.next(idle).finally(() => clearTimeout(timer));
    if (told.length === 0) return null;
    const text = told.map((one) => textOf(one, filter)).join('');
    if (text !== '') return text;
  }
}

/** One message; empty where the filter leaves nothing of it. */
function textOf({ id, event }: Told, filter: Filter): string {
  if (event.event === 'idle') return ': nothing happens\n\n';
  const wanted = filtered(event, filter);
  if (!wanted) return '';
  const { event: name, ...data } = wanted;
  return `${id === null ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function filtered<Event extends Exclude<Told['event'], { event: 'idle' }>>(event: Event, filter: Filter): Event | null {
  if (event.event === 'reset') return event;
  if (!filter.names.includes(event.event)) return null;
  if (filter.run === null) return event;
  if (event.event === 'run') return event.run.run_id === filter.run ? event : null;
  if (event.event !== 'tasks' && event.event !== 'progress') return event;
  const tasks = (event.tasks as { run_id: string; id: string }[]).filter(
    ({ run_id, id }) => run_id === filter.run && (filter.task === null || id === filter.task),
  );
  return tasks.length === 0 ? null : ({ ...event, tasks } as Event);
}
