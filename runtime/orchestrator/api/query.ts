/** Query parameters and headers of the orchestrator's API, each with its bounds. */
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { Problem } from '../../wire/problem.ts';
import { TASK_STATUSES, type TaskStatus } from '../../wire/task.ts';

const MAX_WAIT_SECONDS = 3_600;
const MAX_IDEMPOTENCY_KEY = 255;

/** `?wait=SECONDS` in milliseconds; 0 without it. */
export function waitMs(c: Context): number {
  const text = c.req.query('wait');
  if (text === undefined) return 0;
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds <= MAX_WAIT_SECONDS) return seconds * 1000;
  throw wrongQuery('wait', `a number of seconds from 0 to ${MAX_WAIT_SECONDS}`, text);
}

export function integerQuery(
  c: Context,
  name: string,
  bounds: { least: number; most: number; otherwise: number },
): number {
  const text = c.req.query(name);
  if (text === undefined) return bounds.otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= bounds.least && value <= bounds.most) return value;
  throw wrongQuery(name, `an integer from ${bounds.least} to ${bounds.most}`, text);
}

export function statusQuery(c: Context): TaskStatus | null {
  return choiceQuery(c, 'status', TASK_STATUSES);
}

/** One of a closed set; null without it. */
export function choiceQuery<Choice extends string>(
  c: Context,
  name: string,
  choices: readonly Choice[],
): Choice | null {
  const text = c.req.query(name);
  if (text === undefined) return null;
  const choice = choices.find((known) => known === text);
  if (choice !== undefined) return choice;
  throw wrongQuery(name, `one of ${choices.join(', ')}`, text);
}

/** Some of a closed set, separated by commas; null without it. */
export function listQuery<Choice extends string>(
  c: Context,
  name: string,
  choices: readonly Choice[],
): Choice[] | null {
  const text = c.req.query(name);
  if (text === undefined) return null;
  return text.split(',').map((part) => {
    const choice = choices.find((known) => known === part);
    if (choice !== undefined) return choice;
    throw wrongQuery(name, `some of ${choices.join(', ')}, separated by commas`, part);
  });
}

/** A run id of the client's choice; undefined without one. */
export function runIdQuery(c: Context): string | undefined {
  const id = c.req.query('run_id');
  if (id === undefined || (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id) && id !== 'newest')) return id;
  throw wrongQuery('run_id', '1 to 64 letters, digits, dots, dashes or underscores', id);
}

/** The `Idempotency-Key`; null without one. */
export function idempotencyKey(c: Context): string | null {
  const key = c.req.header('idempotency-key');
  if (key === undefined) return null;
  if (key.length >= 1 && key.length <= MAX_IDEMPOTENCY_KEY) return key;
  throw new Problem(
    'invalid_query',
    `the Idempotency-Key should have 1 to ${MAX_IDEMPOTENCY_KEY} characters (given ${key.length})`,
  );
}

/** The address of the other end; IPv4 in IPv6 as IPv4. */
export function remoteAddress(c: Context): string {
  return (getConnInfo(c).remote.address ?? '127.0.0.1').replace(/^::ffff:/, '');
}

function wrongQuery(name: string, allowed: string, given: string): Problem {
  return new Problem('invalid_query', `${name} should be ${allowed} (given ${JSON.stringify(given)})`, {
    pointer: `/${name}`,
  });
}
