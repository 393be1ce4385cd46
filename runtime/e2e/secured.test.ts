/** Orchestrator, worker and client as on several machines: a token, TLS, the permission model. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Certificate, Certificates } from '../http/testing/certificates.ts';
import { MotesProcess, motes, temporaryFolder, writeTasks } from './motes-process.ts';

const READY = /ready at (https?:\/\/[^\s"]+)/;

let cwd: string;
let remove: () => void;
let files: Certificates;
/** One certificate for every machine, for none of its addresses: it is trusted because it is this very one. */
let shared: Certificate;
const started: MotesProcess[] = [];

beforeEach(() => {
  ({ folder: cwd, remove } = temporaryFolder());
  files = new Certificates();
  shared = files.selfSigned('motes', ['DNS:motes']);
});
afterEach(async () => {
  for (const { child } of started) child.kill('SIGTERM');
  await Promise.all(started.splice(0).map(({ ended }) => ended));
  files.remove();
  remove();
});

function start(...argv: string[]): MotesProcess {
  const process = new MotesProcess(argv, { cwd });
  started.push(process);
  return process;
}

async function urlOf(process: MotesProcess): Promise<string> {
  return (await process.until('stderr', READY))[1]!;
}

describe('a motes of several machines', () => {
  const token = ['--token-file', 'the token'];
  const trust = (): string[] => ['--tls-ca', shared.certPath];
  const secured = (): string[] => [...token, ...trust(), '--tls-cert', shared.certPath, '--tls-key', shared.keyPath];

  it('runs tasks by TLS, for those who have the token', async () => {
    expect((await motes(['token', '--file', 'the token'], { cwd })).code).toBe(0);
    const orchestrator = start('orchestrator', '--port', '0', '--network', 'none', ...secured());
    const url = await urlOf(orchestrator);
    const worker = start('worker', '--port', '0', '--slots', '1', '--orchestrator', url, ...secured());
    const workerUrl = await urlOf(worker);
    expect([url, workerUrl]).toEqual([expect.stringMatching(/^https:/), expect.stringMatching(/^https:/)]);
    expect(worker.stderr).not.toContain('permission model');

    const tasks = writeTasks(cwd, [{ id: 'a', type: 'benchmark_wasm', parameters: { particles: 10, steps: 10 } }]);
    const run = ['execute', tasks, '--wait', '--json', '--url', url];
    const done = await motes([...run, ...token, ...trust()], { cwd });
    expect(JSON.parse(done.stdout), done.stderr).toMatchObject({
      status: 'succeeded',
      tasks: [{ worker_id: 'worker1' }],
    });

    for (const address of [url, workerUrl]) {
      const stranger = await motes(['status', '--url', address, ...trust()], { cwd });
      expect(stranger).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/send .*MOTES_TOKEN/) });
      const distrustful = await motes(['status', '--url', address, ...token], { cwd });
      expect(distrustful).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/not one that is trusted.*--tls-ca/),
      });
      const plain = await motes(['status', '--url', address.replace('https:', 'http:'), ...token], { cwd });
      expect(plain).toMatchObject({ code: 2, stderr: expect.stringMatching(/speaks TLS/) });
    }
  });

  it('finds a worker by TLS again after a restart, before it registers', async () => {
    await motes(['token', '--file', 'the token'], { cwd });
    const options = ['--network', 'none', ...secured()];
    const first = start('orchestrator', '--port', '0', ...options);
    const url = await urlOf(first);
    const worker = start('worker', '--port', '0', '--slots', '1', '--orchestrator', url, ...secured());
    await worker.until('stderr', /registered with the orchestrator/);
    first.child.kill('SIGKILL');
    await first.ended;
    // On another port: there the worker cannot register.
    const second = start('orchestrator', '--port', '0', ...options);
    await second.until('stderr', /worker1 is online at https:/);
  });

  it('is told at its start what is wrong', async () => {
    const other = files.selfSigned('other', ['DNS:other']);
    const mistakes: { argv: string[]; message: RegExp }[] = [
      { argv: ['--host', '0.0.0.0'], message: /token is needed: make one with `motes token`/ },
      { argv: ['--token-file', 'none'], message: /none cannot be read.*`motes token`/ },
      { argv: ['--tls-cert', shared.certPath], message: /--tls-key/ },
      { argv: ['--tls-cert', shared.certPath, '--tls-key', other.keyPath], message: /does not belong to/ },
    ];
    for (const role of ['orchestrator', 'worker'])
      for (const { argv, message } of mistakes) {
        const { code, stderr } = await motes([role, '--port', '0', ...argv], { cwd });
        expect({ role, argv, code }).toEqual({ role, argv, code: 2 });
        expect(stderr).toMatch(message);
      }
  });
});
