import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFakeOrchestrator, fakeTask, serveFake } from '../client/testing/fake-orchestrator.ts';
import type { Listening } from '../http/serve.ts';
import { Problem } from '../wire/problem.ts';
import { startCli } from './testing/memory-terminal.ts';

/** Sets a terminal's title, clears it (in one byte), rings, goes back, and writes from right to left. */
const HOSTILE = '\u001b]0;owned\u0007\u009b2J\u009d0;owned\u009c\b\u202e';
/** What of it must not reach a terminal. The escape of colours and of redrawing is followed by a bracket. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is they that are looked for
const OBEYED = /\u001b(?!\[)|[\u0000-\u0009\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f-\u009f\u202e]/;
/** Words of closed sets, which clients check. */
const CHECKED_FIELDS = new Set(['status', 'condition']);
const CHECKED_WORDS = new Set(['online', 'offline']);

const ERROR = new Problem('function_error', 'it broke').toJSON();
const TASKS = [
  fakeTask({ id: 'a', parameters: { text: 'x' }, result: { digest: 'd', particle_collisions: 'c' }, description: 'y' }),
  fakeTask({ id: 'b', status: 'failed', error: ERROR }),
  fakeTask({ id: 'c', status: 'cancelled', error: ERROR }),
];

let server: Listening;
let folder: string;
beforeAll(async () => {
  server = await serveFake(hostile(createFakeOrchestrator(TASKS).app));
  folder = mkdtempSync(join(tmpdir(), 'motes-hostile-'));
  writeFileSync(join(folder, 'tasks.yaml'), 'tasks: [{ id: a, type: benchmark }]');
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** The same orchestrator, whose every word ends in what no terminal should get to see. */
function hostile(app: Hono): Pick<Hono, 'fetch'> {
  const fetch = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const path = pathname.replaceAll(encodeURIComponent(HOSTILE), '');
    const { method, headers } = request;
    const body = method === 'POST' ? await request.text() : null;
    const answer = await app.request(path + search, { method, headers, body });
    return new Response(JSON.stringify(poison(await answer.json())), answer);
  };
  return { fetch } as Pick<Hono, 'fetch'>;
}

function poison(value: unknown, field = ''): unknown {
  if (typeof value === 'string') return CHECKED_FIELDS.has(field) || CHECKED_WORDS.has(value) ? value : value + HOSTILE;
  if (Array.isArray(value)) return value.map((one) => poison(one));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, poison(part, name)] as const);
  return Object.fromEntries(
    entries.flatMap(([name, part]) => (isName(name) ? [[name + HOSTILE, part]] : [[name, part]])),
  );
}

/** Names that others chose: workers, parameters. */
function isName(field: string): boolean {
  return /^worker\d+$|^particles$|^text$/.test(field);
}

async function outputOf(argv: readonly string[], isTTY: boolean): Promise<string> {
  const cli = startCli([...argv, '--url', server.url], { isTTY });
  if (argv[0] === 'monitor') {
    await cli.stdout.until(/online/);
    cli.signal('SIGINT');
  }
  const { stdout, stderr } = await cli.ended;
  return stdout + stderr;
}

const file = (): string => join(folder, 'tasks.yaml');
const COMMANDS: { name: string; argv: () => string[] }[] = [
  ...['status', 'ping', 'workers', 'functions', 'runs', 'tasks', 'results', 'monitor'].flatMap((name) => [
    { name, argv: () => [name] },
    { name: `${name} --json`, argv: () => [name, '--json'] },
  ]),
  { name: 'functions NAME', argv: () => ['functions', `benchmark_wasm${HOSTILE}`] },
  { name: 'functions of no name', argv: () => ['functions', 'none'] },
  { name: 'tasks ID', argv: () => ['tasks', 'a'] },
  { name: 'tasks ID --json', argv: () => ['tasks', 'a', '--json'] },
  { name: 'results ID', argv: () => ['results', 'b'] },
  { name: 'an ID that is none', argv: () => ['tasks', `nothing${HOSTILE}`] },
  { name: 'execute', argv: () => ['execute', file()] },
  { name: 'execute --wait', argv: () => ['execute', file(), '--wait'] },
  { name: 'execute --wait --json', argv: () => ['execute', file(), '--wait', '--json'] },
  { name: 'cancel', argv: () => ['cancel', 'a'] },
  { name: 'retry', argv: () => ['retry', 'a'] },
  { name: 'explain', argv: () => ['explain', 'a'] },
  { name: 'drain', argv: () => ['drain', 'worker2'] },
  { name: 'a file that is none', argv: () => ['execute', `none${HOSTILE}`] },
];

describe('what an orchestrator says cannot drive the terminal', () => {
  for (const { name, argv } of COMMANDS)
    it.each([true, false])(`in motes ${name}, on a terminal: %j`, async (isTTY) => {
      const text = await outputOf(argv(), isTTY);
      expect(text).not.toBe('');
      expect(JSON.stringify(OBEYED.exec(text))).toBe('null');
    });

  it('in motes results --csv, on a terminal; a file gets what is there', async () => {
    expect(OBEYED.test(await outputOf(['results', '--csv'], true))).toBe(false);
    expect(await outputOf(['results', '--csv'], false)).toContain(HOSTILE);
  });
});
