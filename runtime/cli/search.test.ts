/** Searches from the command line, at an orchestrator of real parts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFake } from '../client/testing/fake-orchestrator.ts';
import type { Listening } from '../http/serve.ts';
import { makeApp, noops } from '../orchestrator/testing/orchestrator-app.ts';
import { startCli } from './testing/memory-terminal.ts';

let server: Listening;
let world: Awaited<ReturnType<typeof makeApp>>;

beforeAll(async () => {
  world = await makeApp();
  server = await serveFake(world.app);
  await world.submit(noops('a', 'b'));
  await world.submit([
    ...noops('a'),
    { id: 'wide', type: 'benchmark', parameters: { num_particulas: 2_000 } },
    { id: 'usual', type: 'benchmark', priority: 1 },
  ]);
});
afterAll(() => server.close());

const start = (argv: string[], more: { stdin?: string; isTTY?: boolean } = {}) =>
  startCli([...argv, '--url', server.url], more).ended;
const ask = (...argv: string[]) => start(argv);
const countOf = async (q: string) => (await world.get(`/tasks/count?q=${encodeURIComponent(q)}`)).body.total as number;

describe('motes tasks --query', () => {
  it('lists what is found in all runs, with how much that is', async () => {
    const { code, stdout } = await ask('tasks', '-q', 'type:noop');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^run2 +a +noop/m);
    expect(stdout).toMatch(/^3 tasks found: 3 queued$/m);
    expect((await ask('tasks', '-q', 'a', '--limit', '1')).stdout).toContain('1 of them shown: --limit shows more');
  });

  it('stays within a run that is named, and counts defaults', async () => {
    expect((await ask('tasks', 'run1', '-q', 'a')).stdout).toContain('1 task found: 1 queued');
    const { stdout } = await ask('tasks', '-q', 'particles<=100', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ total: 1, tasks: [{ id: 'usual' }] });
  });

  it('orders what it finds', async () => {
    const { tasks } = JSON.parse((await ask('tasks', 'newest', '--order', '-particles', '--json')).stdout);
    expect(tasks.map(({ id }: { id: string }) => id)).toEqual(['wide', 'usual', 'a']);
  });

  it('shows what is wrong with a search, below it', async () => {
    const { code, stdout, stderr } = await ask('tasks', '-q', 'a statsu:failed');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('did you mean "status"?');
    expect(stderr).toContain('\n  a statsu:failed\n    ^^^^^^\n');
  });

  it('says where a search belongs when it was given as an id, and that a task is no place to search', async () => {
    const lost = await ask('tasks', 'status:failed');
    expect(lost).toMatchObject({ code: 2, stderr: expect.stringContaining("motes tasks -q 'status:failed'") });
    const task = await ask('tasks', 'wide', '-q', 'a');
    expect(task).toMatchObject({ code: 2, stderr: expect.stringContaining('wide is a task') });
  });

  it('gives results as CSV', async () => {
    const { stdout } = await ask('results', '-q', 'num_particulas>1', '--csv');
    expect(stdout.split('\n')[0]).toMatch(/^run_id,task,.*,parameters.num_particulas$/);
    expect(stdout.trim().split('\n')).toHaveLength(3);
  });
});

describe('motes cancel and retry --query', () => {
  it('do nothing where nobody says yes', async () => {
    const pipe = await ask('cancel', '-q', 'type:noop');
    expect(pipe).toMatchObject({ code: 2, stderr: expect.stringContaining('cancel 3 tasks (3 queued, 0 running)?') });
    const no = await start(['cancel', '-q', 'type:noop'], { isTTY: true, stdin: 'n\n' });
    expect(no).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing was done') });
    expect(await countOf('status:queued')).toBe(5);
  });

  it('do what was asked for, once somebody says yes or said so before', async () => {
    const yes = await start(['cancel', '-q', 'type:noop'], { isTTY: true, stdin: 'y\n' });
    expect(yes).toMatchObject({ code: 0, stdout: expect.stringContaining('cancelled 3 tasks') });
    expect(await countOf('status:cancelled')).toBe(3);
    const within = await ask('retry', 'run1', '-q', 'a', '--yes');
    expect(within).toMatchObject({ code: 0, stdout: 'queued 1 task again\n' });
    expect(await countOf('status:cancelled')).toBe(2);
    const failed = await ask('retry', '-q', 'type:noop', '--failed', '--yes');
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing that can be changed was found') });
  });

  it('need a name or a search', async () => {
    expect(await ask('cancel')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('or say which with --query'),
    });
  });
});
