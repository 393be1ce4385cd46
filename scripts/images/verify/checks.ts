/** What `verify-system` looks at: pure judgements on what the machines answered. */
import type { Worker } from '../../../runtime/wire/orchestrator-api.ts';
import { SELF_TEST } from './self-test.ts';

/** One row of the table. */
export interface Check {
  /** `orchestrator`, or the id of a worker. */
  readonly where: string;
  readonly what: string;
  readonly isPassed: boolean;
  /** What was found. */
  readonly found: string;
  /** What to do about it; empty where it passed. */
  readonly remedy: string;
}

/** Clocks may differ by so much: above it, the times in results no longer tell what came first. */
export const MOST_SKEW_MS = 5_000;
/** A Date header has whole seconds: on average half of one is missing. */
const HEADER_ROUNDING_MS = 500;

export function passed(where: string, what: string, found: string): Check {
  return { where, what, isPassed: true, found, remedy: '' };
}

export function failed(where: string, what: string, found: string, remedy: string): Check {
  return { where, what, isPassed: false, found, remedy };
}

/** Whether there are as many workers as there should be; any number above none where nobody said. */
export function judgeCount(workers: number, wanted: number | null): Check {
  const found = `${workers} worker${workers === 1 ? '' : 's'}`;
  if (workers > 0 && (wanted === null || workers >= wanted)) return passed('orchestrator', 'workers', found);
  const missing = wanted === null ? found : `${found} of ${wanted}`;
  return failed(
    'orchestrator',
    'workers',
    missing,
    'start run_workerN on every machine; give the orchestrator their addresses, or them its own (MOTES_ORCHESTRATOR)',
  );
}

/** What the orchestrator thinks of a worker. */
export function judgeStanding(id: string, { status, condition, url, fault }: Worker): Check {
  const found = `${status}, ${condition}, ${url}`;
  if (status === 'offline')
    return failed(id, 'known', found, `is the machine on, its worker running, and its port open in the firewall?`);
  if (condition === 'quarantined')
    return failed(id, 'known', found, 'it failed several tasks: see its log; it is tried again by itself');
  if (condition === 'faulty') return failed(id, 'known', found, fault ?? 'see its log');
  if (condition === 'draining') return failed(id, 'known', found, 'it was told to end: start it again');
  return passed(id, 'known', found);
}

/** Whether a machine's clock agrees with this one's. `dateHeader` was received about half the round trip ago. */
export function judgeClock(id: string, dateHeader: string | null, sentAt: number, receivedAt: number): Check {
  const theirs = Date.parse(dateHeader ?? '') + HEADER_ROUNDING_MS;
  if (Number.isNaN(theirs)) return failed(id, 'clock', 'no Date header', 'is another program on this port?');
  const skewMs = theirs - (sentAt + receivedAt) / 2;
  // Within the header's own rounding there is nothing to tell.
  const seconds = Math.abs(skewMs) <= HEADER_ROUNDING_MS ? 0 : skewMs / 1000;
  const found = seconds === 0 ? 'agrees' : `${Math.abs(seconds).toFixed(1)} s ${seconds > 0 ? 'ahead' : 'behind'}`;
  if (Math.abs(skewMs) <= MOST_SKEW_MS) return passed(id, 'clock', found);
  return failed(id, 'clock', found, 'let both machines set their clocks by the network (NTP)');
}

/** Whether a worker is of the orchestrator's version. */
export function judgeVersion(id: string, worker: string | undefined, orchestrator: string): Check {
  if (worker === orchestrator) return passed(id, 'version', worker);
  const found = `${worker ?? 'unknown'}, the orchestrator has ${orchestrator}`;
  return failed(id, 'version', found, 'load the images of one and the same build on all machines');
}

/** Whether a worker would compute the same bits: its functions' digests must be the orchestrator's. */
export function judgeFunctions(
  id: string,
  worker: Readonly<Record<string, string>>,
  orchestrator: Readonly<Record<string, string>>,
): Check {
  const differing = Object.keys(orchestrator).filter((name) => worker[name] !== orchestrator[name]);
  if (differing.length === 0) return passed(id, 'functions', `${Object.keys(orchestrator).length} equal`);
  const found = `other code for ${differing.join(', ')}`;
  return failed(id, 'functions', found, 'load the images of one and the same build on all machines');
}

/** Whether a worker computed the bits that it should have. */
export function judgeDigest(id: string, digest: unknown, elapsedMs: number): Check {
  if (digest === SELF_TEST.digest)
    return passed(id, 'self-test', `${SELF_TEST.digest.slice(0, 12)} in ${Math.round(elapsedMs)} ms`);
  const found = `digest ${String(digest).slice(0, 12)}, not ${SELF_TEST.digest.slice(0, 12)}`;
  return failed(id, 'self-test', found, 'do not trust its results: load the image again, and test its memory');
}
