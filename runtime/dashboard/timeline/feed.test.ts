import { describe, expect, test } from 'vitest';
import type { Timeline, TimelineAttempts } from '../../wire/timeline.ts';
import { Feed } from './feed.ts';

/** A server with attempts of 10 ms each, one after the other on one worker; what a feed asks of it, when time is let go on. */
class Server {
  now = 1_000_000;
  count = 0;
  limit = 10;
  fails = false;
  /** When the newest of them ends; undefined: as the others, null: it still runs. */
  lastEnd: number | null | undefined;
  readonly asked: string[] = [];
  #timers: { at: number; callback: () => void }[] = [];

  readonly feed = new Feed({
    runId: null,
    tell: () => {},
    now: () => this.now - 7,
    timers: {
      set: (callback, ms) => {
        const timer = { at: this.now + ms, callback };
        this.#timers.push(timer);
        return timer;
      },
      clear: (timer) => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    },
    get: async (path) => {
      this.asked.push(path);
      if (this.fails) throw new Error('the orchestrator does not answer');
      return this.#answer(new URL(path, 'http://here').searchParams);
    },
  });

  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.now = Math.max(this.now, due.at);
      due.callback();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.now = until;
  }

  #answer(query: URLSearchParams): Timeline {
    const from = Number(query.get('from') ?? 0);
    const to = Number(query.get('to') ?? this.now);
    const all = Array.from({ length: this.count }, (_, index) => index);
    const wanted = all.filter((index) => begin(index) <= to && (this.#end(index) ?? this.now) >= from);
    const isMany = wanted.length > (query.has('limit') ? Number(query.get('limit')) / 1_000 : this.limit);
    const busy = { id: 'w', busy: [10, 0], ended: [1, 0], failed: [0, 0] };
    return {
      ...{ at: this.now, from, to, total: wanted.length, missing_before: null },
      extent: this.count === 0 ? null : { first: begin(0), last: this.now },
      attempts: isMany ? null : this.#columns(wanted),
      density: isMany ? { bucket_ms: (to - from) / 2, workers: [busy] } : null,
    };
  }

  #end(index: number): number | null {
    return this.lastEnd !== undefined && index === this.count - 1 ? this.lastEnd : begin(index) + 10;
  }

  #columns(places: readonly number[]): TimelineAttempts {
    const zeros = places.map(() => 0);
    return {
      ...{ runs: ['r'], workers: ['w'], types: ['t'], copies: [], resumed: [], errors: [], checkpoints: [] },
      ...{ run: zeros, worker: zeros, type: zeros, attempt: zeros, id: places.map((index) => `t${index}`) },
      status: places.map((index) => (this.#end(index) === null ? 'running' : 'succeeded')),
      started: places.map(begin),
      begun: places.map(begin),
      ended: places.map((index) => this.#end(index)),
    };
  }
}

const begin = (index: number): number => 990_000 + index * 100;

describe('what the timeline asks for', () => {
  test('is everything once, then only what is new, and nothing while nothing happens', async () => {
    const server = new Server();
    server.count = 5;
    await server.pass(10_000);
    expect(server.asked).toEqual(['/timeline']);
    expect(server.feed.attempts.count).toBe(5);
    expect(server.feed.skew).toBe(7);
    server.count = 7;
    server.feed.changed();
    server.feed.changed();
    await server.pass(10_000);
    expect(server.asked).toEqual(['/timeline', '/timeline?from=999000']);
  });

  test('goes on while something runs, as nobody tells when what waits begins', async () => {
    const server = new Server();
    [server.count, server.lastEnd] = [5, null];
    await server.pass(3_500);
    expect(server.asked).toHaveLength(4);
    server.lastEnd = server.now;
    await server.pass(60_000);
    expect(server.asked).toHaveLength(5);
    expect(server.feed.attempts.isRunning).toBe(false);
  });

  test('is a density where there are too many, and the attempts of what is looked at closely', async () => {
    const server = new Server();
    server.count = 100;
    await server.pass(1_000);
    expect(server.feed.density?.total).toBe(100);
    expect(server.feed.known).toBeNull();
    server.feed.look({ from: 990_000, to: 990_800 });
    await server.pass(1_000);
    expect(server.asked.at(-1)).toBe('/timeline?from=989800&to=991000&limit=20000&buckets=1024');
    expect(server.feed.known).toMatchObject({ from: 989_800, to: 991_000, isLive: false });
    expect(server.feed.attempts.count).toBe(11);
    server.feed.look({ from: 990_100, to: 990_700 });
    await server.pass(1_000);
    expect(server.asked).toHaveLength(2);
  });

  test('is a finer density, where what is looked at closely is too much, too', async () => {
    const server = new Server();
    server.count = 100;
    await server.pass(1_000);
    server.feed.look({ from: 990_000, to: 996_000 });
    await server.pass(1_000);
    expect(server.feed.detail?.total).toBeGreaterThan(20);
    expect(server.feed.known).toBeNull();
    expect(server.feed.gaps().length).toBeGreaterThan(0);
  });

  test('is asked again when it failed, and what there was stays', async () => {
    const server = new Server();
    server.count = 5;
    await server.pass(1_000);
    server.fails = true;
    server.feed.changed();
    await server.pass(1_000);
    expect(server.feed.error?.message).toContain('does not answer');
    expect(server.feed.attempts.count).toBe(5);
    server.fails = false;
    await server.pass(3_000);
    expect(server.feed.error).toBeNull();
    expect(server.asked.at(-1)).toBe('/timeline');
  });

  test('is nothing after its end', async () => {
    const server = new Server();
    await server.pass(1_000);
    server.feed.stop();
    server.feed.changed();
    await server.pass(10_000);
    expect(server.asked).toHaveLength(1);
  });
});
