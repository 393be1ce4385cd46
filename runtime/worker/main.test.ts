import { type ChildProcess, fork, type Serializable, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** What an orchestrator answers to a registration. */
const REGISTERED = JSON.stringify({ id: 'x', ledger_id: 'l', heartbeat_ms: 60_000 });

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Starts a worker process as `motes up` does. */
function start(args: string[], env: NodeJS.ProcessEnv = {}): { child: ChildProcess; ended: Promise<Ended> } {
  const child = fork(MAIN, args, { env: { ...process.env, ...env }, execArgv: [], silent: true });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (data) => (output += data));
  // Not `close`: it does not come when the channel was closed from this side.
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, output }));
  return { child, ended };
}

async function startReady(
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ReturnType<typeof start> & { url: string }> {
  const started = start(['--port', '0', '--slots', '1', ...args], env);
  const message = await Promise.race([
    once(started.child, 'message').then(([first]) => first as Serializable),
    started.ended.then(({ output }) => Promise.reject(new Error(output))),
  ]);
  expect(message).toMatchObject({ event: 'ready', port: expect.any(Number) });
  return { ...started, url: (message as { url: string }).url };
}

function invoke(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/invoke`, { method: 'POST', body: JSON.stringify(body), headers });
}

describe('the worker process', () => {
  it('serves real functions, cancels for a client that hangs up, and exits 0 on SIGTERM', async () => {
    const { child, ended, url } = await startReady(['--id', 'w1']);
    const parameters = { num_particulas: 10, num_pasos: 10 };
    expect(await (await invoke(url, { type: 'benchmark_cython', parameters })).json()).toMatchObject({
      result: { digest: expect.any(String) },
      measured: { function_version: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    const hangUp = new AbortController();
    const body = JSON.stringify({ type: 'faulty', parameters: { how: 'spin_in_kernel' } });
    const lost = fetch(`${url}/invoke`, { method: 'POST', body, signal: hangUp.signal }).catch(() => 'gone');
    await untilPing(url, (ping) => ping.current_task === 'faulty');
    hangUp.abort();
    expect(await lost).toBe('gone');
    await untilPing(url, (ping) => ping.current_task === null);
    expect((await invoke(url, { type: 'noop' })).status).toBe(200);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  it('finishes what runs when it is told to end, and keeps serving until its outbox is collected', async () => {
    const { child, ended, url } = await startReady(['--grace', '20']);
    const key = { ledger_id: 'l', run_id: 'r', task_id: 't', attempt: 1 };
    const answer = invoke(url, { type: 'noop', parameters: { spins: 300_000_000 }, ...key });
    await untilPing(url, (ping) => ping.current_task === 'r/t');
    child.kill('SIGTERM');
    await untilPing(url, (ping) => ping.draining);
    const refused = await invoke(url, { type: 'noop' });
    expect([refused.status, (await refused.json()).code]).toEqual([503, 'draining']);
    expect((await answer).status).toBe(200);
    const ack = { method: 'POST', body: JSON.stringify({ attempts: [key] }) };
    expect(await (await fetch(`${url}/outbox/ack`, ack)).json()).toEqual({ acknowledged: 1 });
    expect((await ended).code).toBe(0);
  });

  it('hands back at once what runs when it is told twice', async () => {
    const { child, ended, url } = await startReady(['--grace', '1000']);
    const headers = { accept: 'application/x-ndjson' };
    const answer = await invoke(url, { type: 'faulty', parameters: { how: 'spin' } }, headers);
    child.kill('SIGTERM');
    await untilPing(url, (ping) => ping.draining);
    child.kill('SIGINT');
    const lines = (await answer.text()).trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ event: 'failed', status: 'released' });
    expect((await ended).code).toBe(0);
  });

  it('ends when its parent is gone', async () => {
    const { child, ended } = await startReady([]);
    child.disconnect();
    expect((await ended).code).toBe(0);
  });

  it('registers with the orchestrator, and tells it of the drain', async () => {
    const registrations: { id: string; draining: boolean; functions: object }[] = [];
    const server = createServer(async (request, response) => {
      registrations.push(JSON.parse(Buffer.concat(await request.toArray()).toString()));
      response.end(REGISTERED);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const orchestrator = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { child, ended } = await startReady([], { WORKER_ID: 'from-environment', MOTES_ORCHESTRATOR: orchestrator });
    expect(registrations).toMatchObject([
      { id: 'from-environment', draining: false, functions: { noop: expect.any(String) } },
    ]);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(registrations.at(-1)).toMatchObject({ draining: true });
    server.close();
  });

  it.each([
    {
      format: 'json',
      marks: /"function":"faulty","run":"r","task":"t","attempt":3,"worker":"w7",.*"msg":"ended as failed/,
    },
    {
      format: 'text',
      marks: /ended as failed: .*\{"function":"faulty","run":"r","task":"t","attempt":3,"worker":"w7"/,
    },
  ])('logs which attempt failed, and where: $format', async ({ format, marks }) => {
    const { child, ended, url } = await startReady(['--id', 'w7', '--log-format', format]);
    const key = { ledger_id: 'l', run_id: 'r', task_id: 't', attempt: 3 };
    expect((await invoke(url, { type: 'faulty', parameters: { how: 'throw' }, ...key })).status).toBe(500);
    child.kill('SIGKILL');
    expect((await ended).output).toMatch(marks);
  });

  it('starts although the orchestrator is not there', async () => {
    const { child, ended } = await startReady(['--orchestrator', 'http://127.0.0.1:1']);
    child.kill('SIGTERM');
    const { code, output } = await ended;
    expect(code).toBe(0);
    expect(output.match(/cannot be reached/g)).toHaveLength(1);
  });

  it('says that a port is taken, and exits 1', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { code, output } = await start(['--port', String((server.address() as AddressInfo).port)]).ended;
    expect(code).toBe(1);
    expect(output).toMatch(/the port is in use/);
    server.close();
  });

  const mistakes = [
    { args: ['--port', 'http'], message: /integer from 0 to 65535/ },
    { args: ['--id', 'a b'], message: /letters, digits/ },
    { args: ['--slots', '0'], message: /integer from 1/ },
    { args: ['--orchestrator', 'here'], message: /http:\/\/localhost:5000/ },
    { args: ['--host', '0.0.0.0'], message: /set MOTES_TOKEN/ },
    { args: ['--token-file', '/nothing/here'], message: /nothing/ },
    { args: ['--colour'], message: /unknown option/ },
  ];
  for (const { args, message } of mistakes)
    it(`exits 2 with a remedy: ${args.join(' ')}`, async () => {
      const { code, output } = await start(args, { MOTES_TOKEN: '' }).ended;
      expect(code).toBe(2);
      expect(output).toMatch(message);
      expect(output).not.toMatch(/ at .*\.ts:\d+/);
    });

  it('shows examples in its help', async () => {
    const child = spawn(process.execPath, [MAIN, '--help'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const help = Buffer.concat(await child.stdout.toArray()).toString();
    expect(help).toMatch(/Examples:\n {2}\$ motes worker --id/);
    expect(help).toMatch(/env: WORKER_ID/);
  });
});

async function untilPing(
  url: string,
  holds: (ping: { current_task: string | null; draining: boolean }) => boolean,
): Promise<void> {
  while (!holds(await (await fetch(`${url}/ping`)).json()));
}
