/**
 * The page: how soon it is there, how large it is, and what it costs the orchestrator when several look at it while it
 * is busy.
 *
 *     node scripts/bench/dashboard.ts
 *
 * Needs a build and Chromium, which draws by software here.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../../runtime/e2e/browser/browser.ts';
import { findChromium } from '../browser/find-chromium.ts';
import { Cluster, noOps } from './lib/cluster.ts';
import { type BenchRow, interleave, medianRatio, medianRow, printRows } from './lib/measure.ts';

const STARTS = 7;
const ROUNDS = 5;
const TASKS = 20_000;
const WATCHERS = 5;

/** All the rows of this bench, in about two minutes. */
export async function benchDashboard(): Promise<BenchRow[]> {
  if (findChromium() === null) {
    console.error('the page is left out: there is no Chromium (Debian: apt-get install chromium)');
    return [];
  }
  const cluster = await Cluster.start({ workers: 2, orchestratorArgs: ['--result-files', 'off'], probed: true });
  const browser = await openBrowser();
  try {
    return [...(await startRows(browser, cluster)), ...(await watchedRows(browser, cluster))];
  } finally {
    await browser.close();
    await cluster.stop();
  }
}

async function startRows(browser: Browser, { orchestrator: { url } }: Cluster): Promise<BenchRow[]> {
  const paints: number[] = [];
  let scriptBytes = 0;
  for (let start = 0; start <= STARTS; start += 1) {
    const context = await browser.newContext();
    const page = await openPage(context, url);
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
    const seen = await page.evaluate(() => ({
      paintMs: performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
      scriptBytes: (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
        .filter(({ name }) => name.endsWith('.js'))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    }));
    // The first start of all also starts parts of the browser.
    if (start > 0) paints.push(seen.paintMs);
    scriptBytes = seen.scriptBytes;
    await context.close();
  }
  return [
    medianRow('first contentful paint', paints, 'ms', {
      bound: { atMost: 1_000 },
      note: `${STARTS} visits with an empty cache, over loopback`,
    }),
    {
      what: 'script of the first view',
      value: scriptBytes / 1024,
      unit: 'KiB',
      bound: { atMost: 70 },
      note: 'compressed, as it travels; all that was loaded until the fleet was shown',
    },
  ];
}

async function watchedRows(browser: Browser, cluster: Cluster): Promise<BenchRow[]> {
  const { orchestrator } = cluster;
  const rates: Record<string, number[]> = {};
  const delayWith = async (name: string, watch: () => Promise<() => Promise<void>>): Promise<number> => {
    const leave = await watch();
    await orchestrator.askProbe();
    const start = performance.now();
    await Promise.all([cluster.run(noOps(TASKS / 2)), cluster.run(noOps(TASKS / 2))]);
    rates[name] = [...(rates[name] ?? []), (TASKS / (performance.now() - start)) * 1000];
    const { delayP99Ms } = await orchestrator.askProbe();
    await leave();
    return delayP99Ms;
  };
  const rounds = await interleave(ROUNDS, {
    none: () => delayWith('none', async () => async () => {}),
    readers: () => delayWith('readers', () => openReaders(orchestrator.url)),
    pages: () => delayWith('pages', () => openPages(browser, orchestrator.url)),
  });
  const load = `${TASKS} no-ops on 2 workers, ${ROUNDS} interleaved rounds`;
  return [
    medianRow('event-loop delay p99, nobody looks', rounds.none, 'ms', { note: load }),
    medianRow(`event-loop delay p99, ${WATCHERS} read all events`, rounds.readers, 'ms', { note: load }),
    {
      what: `the same against nobody`,
      value: medianRatio(rounds.readers, rounds.none),
      unit: '×',
      bound: { atMost: 1.25 },
      note: 'median of the ratios of the rounds; what pages ask for, without a browser on these processors',
    },
    medianRow(`event-loop delay p99, ${WATCHERS} open pages`, rounds.pages, 'ms', {
      note: `${load}; the browser draws on the same two processors`,
    }),
    {
      what: `tasks/s with ${WATCHERS} readers, against nobody`,
      value: medianRatio(rates.readers!.slice(1), rates.none!.slice(1)),
      unit: '×',
      note: 'median of the ratios of the rounds',
    },
  ];
}

/** What a page has open while it looks at the fleet. */
async function openReaders(url: string): Promise<() => Promise<void>> {
  const stop = new AbortController();
  const readers = Array.from({ length: WATCHERS }, async () => {
    const { body } = await fetch(`${url}/events?events=tasks,run,worker,progress,overview`, { signal: stop.signal });
    for await (const _ of body!) if (stop.signal.aborted) return;
  });
  return async () => {
    stop.abort();
    await Promise.allSettled(readers);
  };
}

async function openPages(browser: Browser, url: string): Promise<() => Promise<void>> {
  const context = await browser.newContext();
  await Promise.all(Array.from({ length: WATCHERS }, () => openPage(context, url)));
  return () => context.close();
}

async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByText('live', { exact: true }).waitFor();
  return page;
}

if (import.meta.main) printRows(await benchDashboard());
