/** `motes worker` becomes another program: what its parent sees of that. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { childrenOf, MotesProcess, temporaryFolder, untilGone } from './motes-process.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/motes.js', import.meta.url));
const ARGS = ['worker', '--port', '0', '--slots', '1'];

const clean: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of clean.splice(0)) await each();
});

describe('motes worker', () => {
  it('is one process, which ends by its signal', async () => {
    const { folder, remove } = temporaryFolder();
    clean.push(remove);
    const worker = new MotesProcess(ARGS, { cwd: folder });
    await worker.until('stderr', /ready at/);
    if (process.platform !== 'win32') expect(childrenOf(worker.pid)).toEqual([]);
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({ code: 0, signal: null });
  });

  /** As a launcher does that hands over from an older Node. */
  async function startFollowed(): Promise<{ launcher: ChildProcess; worker: number }> {
    const launcher = fork(PROGRAM, ARGS, { execArgv: [], silent: true, env: { ...process.env, MOTES_LAUNCHED: '1' } });
    clean.push(() => launcher.kill('SIGKILL'));
    const [message] = await once(launcher, 'message');
    expect(message).toMatchObject({ event: 'ready' });
    return { launcher, worker: childrenOf(launcher.pid!)[0]! };
  }

  it('tells a parent that follows it that it is ready, and ends as it is told', async () => {
    const { launcher, worker } = await startFollowed();
    launcher.kill('SIGTERM');
    expect(await once(launcher, 'exit')).toEqual([0, null]);
    await untilGone([worker]);
  });

  it('leaves nobody behind when that parent is killed', async () => {
    const { launcher, worker } = await startFollowed();
    launcher.kill('SIGKILL');
    await untilGone([worker]);
  });
});
