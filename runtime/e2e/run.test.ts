import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childrenOf, MotesProcess, motes, temporaryFolder, untilGone, writeTasks } from './motes-process.ts';

/** Reference vectors of the original: 100 disks, 1000 steps, seed 42. */
const DIGEST = '8967400646c2a4581c1c052d6940a1d9459b37278eb7040cb0bf231ef7c0814c';
const TASKS = [
  { id: 'plain', type: 'benchmark', parameters: { num_particulas: 100, num_pasos: 1000, semilla: 42 } },
  { id: 'compiled', type: 'benchmark_cython', parameters: {}, priority: 1 },
  { id: 'empty', type: 'noop' },
];

let cwd: string;
let remove: () => void;

beforeEach(() => {
  ({ folder: cwd, remove } = temporaryFolder());
});
afterEach(() => remove());

describe('motes run', () => {
  it('runs a file twice in a row and overwrites nothing', async () => {
    const file = writeTasks(cwd, TASKS);
    const first = await motes(['run', file, '--json'], { cwd });
    expect(first.code, first.stderr).toBe(0);
    const outcome = JSON.parse(first.stdout);
    expect(outcome).toMatchObject({ run_id: expect.stringMatching(/^\d{8}-\d{6}-[0-9a-z]{4}$/), status: 'succeeded' });
    expect(outcome.tasks).toMatchObject([
      { id: 'plain', result: { digest: DIGEST }, parameters: TASKS[0]!.parameters, attempts: 1 },
      { id: 'compiled', result: { digest: DIGEST }, status: 'succeeded', error: null },
      { id: 'empty' },
    ]);
    const second = await motes(['run', file], { cwd });
    expect(second.code, second.stderr).toBe(0);
    expect(second.stdout).toMatch(/^plain +benchmark +worker\d +1 +303 .* 8967400646c2$/m);
    expect(second.stdout).toContain('3 tasks: 3 succeeded');
    expect(readdirSync(join(cwd, 'results'))).toHaveLength(6);
    expect(readdirSync(join(cwd, 'data', 'runs'))).toHaveLength(2);
    expect(readdirSync(join(cwd, 'logs'))).toContain('orchestrator.log');
  });

  it('keeps everything in the folder of --data', async () => {
    const file = writeTasks(cwd, [{ id: 'empty', type: 'noop' }]);
    const { code, stderr } = await motes(['run', file, '--data', 'kept here', '--workers', '1'], { cwd });
    expect(code, stderr).toBe(0);
    expect(readdirSync(cwd).sort()).toEqual(['kept here', 'tasks.yaml']);
    expect(readdirSync(join(cwd, 'kept here')).sort()).toEqual(['data', 'logs', 'results']);
    const again = await motes(['run', file, '--data', 'kept here', '--workers', '1'], { cwd });
    expect(again.code, again.stderr).toBe(0);
    expect(readdirSync(join(cwd, 'kept here', 'results'))).toHaveLength(2);
  });

  it('takes files that tasks name, and keeps what they write', async () => {
    writeFileSync(join(cwd, 'start.txt'), '6 6 6\n2\n1 0 0 0\n2 1.5 0 0\n');
    const parameters = { configuration: { file: 'start.txt' }, steps: 20, trajectory_every: 10 };
    const file = writeTasks(cwd, [{ id: 'pair', type: 'lennard_jones', parameters }]);
    const { code, stdout, stderr } = await motes(['run', file, '--json'], { cwd });
    expect(code, stderr).toBe(0);
    const { tasks, run_id } = JSON.parse(stdout);
    expect(tasks[0].parameters.configuration).toMatchObject({ format: 'nist', particles: 2 });
    expect(tasks[0].result.start.energy).toBeCloseTo(4 * (1.5 ** -12 - 1.5 ** -6), 12);
    const trajectory = readFileSync(join(cwd, 'results', 'artifacts', run_id, 'pair', 'trajectory.xyz'), 'utf8');
    expect(trajectory.match(/Step=\d+/g)).toEqual(['Step=0', 'Step=10', 'Step=20']);
    writeFileSync(join(cwd, 'start.txt'), '6 6 6\n2\n1 0 0 0\n2 x 0 0\n');
    const refused = await motes(['run', file], { cwd });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('parameters.configuration of task 1: start.txt, line 4, column 3');
  });

  it('needs none of the usual ports', async () => {
    const servers = await Promise.all([5000, 8001, 8002, 8003].map(occupy));
    try {
      const file = writeTasks(cwd, [{ id: 'empty', type: 'noop' }]);
      expect(await motes(['run', file], { cwd })).toMatchObject({ code: 0 });
    } finally {
      for (const server of servers) server?.close();
    }
  });

  it('fails with a task that fails, and only with that', async () => {
    const file = writeTasks(cwd, [{ id: 'bad', type: 'faulty', parameters: { how: 'throw' } }, TASKS[1]!]);
    const { code, stdout } = await motes(['run', file], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^bad +faulty .* failed$/m);
    expect(stdout).toMatch(/^compiled .* 8967400646c2$/m);
    expect(stdout).toMatch(/^failed bad: \S/m);
  });

  it.each([
    { name: 'a file that is not there', text: null, message: /tasks\.yaml: there is no such file/ },
    {
      name: 'YAML that does not parse',
      text: 'tasks:\n  - id: "a\n',
      message: /tasks\.yaml:3:1: the YAML does not parse/,
    },
    { name: 'an empty file', text: '', message: /tasks\.yaml is empty/ },
    { name: 'a file without tasks', text: 'tasks: []', message: /tasks\.yaml: .*empty list/ },
    {
      name: 'several faults',
      text: 'tasks:\n  - id: a\n    type: benchmrk\n  - id: b\n    type: benchmark\n    parameters: {seed: -1}\n',
      message:
        /2 faults, nothing was run\n +task "a", line 3.*did you mean "benchmark".*\n +task "b", line 6.*seed .*-1/,
    },
  ])('refuses $name before anything runs', async ({ text, message }) => {
    if (text !== null) writeFileSync(join(cwd, 'tasks.yaml'), text);
    const { code, stdout, stderr } = await motes(['run', 'tasks.yaml', '--json'], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    const runs = join(cwd, 'data', 'runs');
    expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([]);
  });

  it('stops everything at Ctrl-C', async () => {
    const { run, children } = await startEndless();
    run.child.kill('SIGINT');
    expect(await run.ended).toMatchObject({ code: 130, stdout: '' });
    await untilGone(children);
  });

  it('leaves nobody behind when it is killed outright', async () => {
    const { run, children } = await startEndless();
    run.child.kill('SIGKILL');
    await untilGone(children);
  });

  it('says what keeps it from starting, without hanging', async () => {
    writeFileSync(join(cwd, 'data'), 'a file where a folder should be');
    const file = writeTasks(cwd, [{ id: 'empty', type: 'noop' }]);
    const { code, stderr } = await motes(['run', file], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/orchestrator could not start \(exit code 1\)\n.*data/);
  });

  async function startEndless(): Promise<{ run: MotesProcess; children: number[] }> {
    const file = writeTasks(cwd, [TASKS[1]!, { id: 'endless', type: 'faulty', parameters: { how: 'spin' } }]);
    const run = new MotesProcess(['run', file, '--workers', '2'], { cwd });
    await run.until('stderr', /done compiled/);
    const children = childrenOf(run.pid);
    expect(children.length).toBeGreaterThanOrEqual(3);
    return { run, children };
  }
});

describe('the launcher', () => {
  it('hands over to the pinned Node where the running one cannot do it', async () => {
    const file = writeTasks(cwd, [{ id: 'bad', type: 'faulty', parameters: { how: 'throw' } }]);
    const nodeArgs = ['--no-experimental-strip-types', '--disable-warning=ExperimentalWarning'];
    const { code, stdout } = await motes(['run', file, '--json', '--workers', '1'], { cwd, nodeArgs });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'failed' });
  });

  it('ends as its child ends', async () => {
    const nodeArgs = ['--no-experimental-strip-types'];
    const { code, stdout } = await motes(['--version'], { cwd, nodeArgs });
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${version}\n` });
  });
});

/** Takes a port; null where somebody else has it already, which serves as well. */
function occupy(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
