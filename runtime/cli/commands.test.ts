import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createFakeOrchestrator,
  fakeTask,
  type SeenSubmission,
  serveFake,
} from '../client/testing/fake-orchestrator.ts';
import type { Listening } from '../http/serve.ts';
import { Problem } from '../wire/problem.ts';
import { cli, startCli } from './testing/memory-terminal.ts';

const TASKS = [
  fakeTask({ id: 'a', parameters: { seed: 1 }, result: { particle_collisions: 3, digest: 'abcdef0123456789' } }),
  fakeTask({ id: 'sweep/1' }),
  fakeTask({ id: 'b', status: 'failed', result: null, error: new Problem('function_error', 'it broke').toJSON() }),
];

let server: Listening;
let submissions: SeenSubmission[];
let folder: string;

beforeAll(async () => {
  const fake = createFakeOrchestrator(TASKS);
  submissions = fake.submissions;
  server = await serveFake(fake.app);
  folder = mkdtempSync(join(tmpdir(), 'motes-commands-'));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const ask = (...argv: string[]) => cli([...argv, '--url', server.url]);

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('commands that ask once', () => {
  it('status tells workers in the order of their numbers, and counts', async () => {
    expect(await ask('status')).toEqual({
      code: 0,
      stderr: '',
      stdout:
        'workers: 1 of 2 online, 4 slots\n  worker2  online\n  worker10  offline\n' +
        'tasks: 1 queued, 2 running, 3 succeeded, 0 failed, 0 cancelled\ntask file: 3 tasks\n',
    });
  });

  it('ping fails when a worker is offline', async () => {
    expect(await ask('ping')).toMatchObject({ code: 1, stdout: 'worker2  online\nworker10  offline\n1 of 2 online\n' });
  });

  it('workers is a table', async () => {
    const { stdout } = await ask('workers');
    expect(stdout).toMatch(/^worker2 +online +ready +http:\/\/127.0.0.1:8001 +1\/2 +never +r1\/a$/m);
  });

  it('runs lists them, newest first, with what became of their tasks', async () => {
    expect((await ask('runs')).stdout).toMatch(/^r1 +failed .* \d+ succeeded/m);
  });

  it('functions lists them, or what one takes', async () => {
    expect((await ask('functions')).stdout).toMatch(/^benchmark_wasm +benchmark_cython +0123456789ab +Hard disks$/m);
    expect((await ask('functions', 'benchmark_cython')).stdout).toMatch(
      /^particles or num_particulas +integer +1 … 10 +5 +How many\.$/m,
    );
    expect(await ask('functions', 'nope')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('benchmark_wasm'),
    });
  });

  it.each(['status', 'ping', 'workers', 'functions', 'runs', 'tasks', 'results'])(
    '%s --json prints one document',
    async (name) => {
      const { stdout, stderr } = await ask(name, '--json');
      expect(JSON.parse(stdout)).toBeTypeOf('object');
      expect(stderr).toBe('');
    },
  );
});

describe('log', () => {
  it('follows a log to its end, each entry once, and nothing in it drives the terminal', async () => {
    const { stdout, code } = await ask('log', 'a', '--follow');
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^\S+ +/, ''));
    expect(lines).toEqual([
      ...['-  submitted', '2  started on worker1, from its last checkpoint'],
      ...['2  line\ufffd[2J 1', '2  line\ufffd[2J 2', '2  line\ufffd[2J 3'],
    ]);
    expect(code).toBe(0);
  });

  it('--json prints one document, and a run has none', async () => {
    expect(JSON.parse((await ask('log', 'r1/a', '--json')).stdout)).toMatchObject({ id: 'a', is_complete: true });
    expect(await ask('log', 'r1')).toMatchObject({ code: 2, stderr: expect.stringContaining('RUN/ID') });
  });
});

describe('tasks and results', () => {
  it.each([
    { name: 'the newest run', argv: [], shows: /^sweep\/1 +benchmark/m },
    { name: 'a run by its id', argv: ['r1'], shows: /^run r1 failed/m },
    { name: 'a task of the newest run', argv: ['a'], shows: /^r1\/a +succeeded/ },
    { name: 'a task by run and id', argv: ['r1/a'], shows: /^r1\/a +succeeded/ },
    { name: 'a task whose id has a slash', argv: ['sweep/1'], shows: /^r1\/sweep\/1 +succeeded/ },
  ])('tasks finds $name', async ({ argv, shows }) => {
    expect(await ask('tasks', ...argv)).toMatchObject({ code: 0, stdout: expect.stringMatching(shows) });
  });

  it('says what was not found and how to name it', async () => {
    const { code, stderr, stdout } = await ask('results', 'nope');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('there is no task "nope" in the newest run and no such run: name a task as RUN/ID');
  });

  it('filters by status and by number', async () => {
    const failed = JSON.parse((await ask('tasks', '--json', '--status', 'failed')).stdout);
    expect(failed.tasks.map(({ id }: { id: string }) => id)).toEqual(['b']);
    expect((await ask('tasks', '--limit', '1')).stdout).toContain('1 of 3 tasks shown');
  });

  it('prints results as a table with the failures below, as JSON, as CSV', async () => {
    expect((await ask('results')).stdout).toMatch(/^a +benchmark .* abcdef012345$[\s\S]*^failed b: it broke$/m);
    expect(JSON.parse((await ask('results', '--json')).stdout)).toMatchObject({ run_id: 'r1', status: 'failed' });
    expect((await ask('results', 'a', '--csv')).stdout.split('\n')[1]).toContain(',1,3,abcdef0123456789');
  });
});

describe('execute', () => {
  it('submits a file by its content, and says how to follow the run', async () => {
    const { code, stdout } = await ask('execute', fileOf('t.yaml', 'tasks: [{id: a}]'));
    expect(code).toBe(0);
    expect(stdout).toContain('run r1: 3 tasks\nfollow it with `motes tasks r1`');
    expect(submissions.at(-1)).toMatchObject({ text: 'tasks: [{id: a}]', contentType: 'application/yaml' });
  });

  it('takes the standard input, or nothing', async () => {
    await cli(['execute', '-', '--url', server.url], { stdin: '{"tasks":[]}' });
    expect(submissions.at(-1)).toMatchObject({ text: '{"tasks":[]}', contentType: 'application/json' });
    await ask('execute');
    expect(submissions.at(-1)).toMatchObject({ text: '', contentType: undefined });
  });

  it('waits, tells the end of each task, and fails with the run', async () => {
    const { code, stdout, stderr } = await ask('execute', '--wait');
    expect(code).toBe(1);
    expect(stderr).toContain('done a on worker1 in 1.50 s\n');
    expect(stdout).toContain('run r1 failed, 3 tasks: 2 succeeded, 1 failed');
    expect(JSON.parse((await ask('execute', '--wait', '--json')).stdout).tasks).toHaveLength(3);
  });

  it('does not submit YAML that does not parse', async () => {
    const before = submissions.length;
    const path = fileOf('bad.yaml', 'tasks:\n  - id: [a\n');
    expect(await ask('execute', path)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${path}:3:1: the YAML does not parse`),
    });
    expect(submissions).toHaveLength(before);
  });

  it('lists every fault of a file that is refused, with the name of the file', async () => {
    const faults = ['a', 'b'].map((id) => ({ code: 'invalid_parameter', detail: `task "${id}": seed is wrong` }));
    const refusing = new Hono().post('/execute_tasks', (c) => c.json(Problem.fromFaults(faults).toJSON(), 422));
    const other = await serveFake(refusing);
    const path = fileOf('refused.yaml', 'tasks: []');
    expect(await cli(['execute', path, '--url', other.url])).toEqual({
      code: 2,
      stdout: '',
      stderr: `motes: ${path}: 2 faults, nothing was run\n  task "a": seed is wrong\n  task "b": seed is wrong\n`,
    });
    await other.close();
  });
});

describe('monitor', () => {
  it('prints a line each time on a pipe, until Ctrl-C', async () => {
    const monitor = startCli(['monitor', '--interval', '0.1', '--url', server.url]);
    await monitor.stdout.until(/\n.*\n/);
    monitor.signal('SIGINT');
    const { code, stdout } = await monitor.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}1\/2 online {2}queued 1 {2}running 2 {2}succeeded 3/);
  });

  it('--json prints one document a line', async () => {
    const monitor = startCli(['monitor', '--json', '--interval', '0.1', '--url', server.url]);
    await monitor.stdout.until(/\n.*\n/);
    monitor.signal('SIGTERM');
    const lines = (await monitor.ended).stdout.trim().split('\n');
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ status: { online_workers: 1 }, running: [] });
  });

  it('says when the orchestrator is away and when it is back', async () => {
    const { app } = createFakeOrchestrator([]);
    const first = await serveFake(app);
    const monitor = startCli(['monitor', '--interval', '0.1', '--url', first.url]);
    await monitor.stdout.until(/online/);
    await first.close();
    await monitor.stderr.until(/does not answer, waiting/);
    const second = await serveFake(app, first.port);
    await monitor.stderr.until(/is back/);
    monitor.signal('SIGINT');
    expect((await monitor.ended).code).toBe(0);
    await second.close();
  });
});

describe('the command line', () => {
  it('has help with examples for every command', async () => {
    const overview = await cli(['--help']);
    expect(overview.code).toBe(0);
    const names = [...overview.stdout.matchAll(/^ {2}([a-z]+) {2,}[a-z]/gm)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThanOrEqual(12);
    for (const name of names.filter((each) => each !== 'help')) {
      const { code, stdout } = await cli([name, '--help']);
      expect({ name, code }).toEqual({ name, code: 0 });
      expect(stdout).toContain('Examples:');
    }
  });

  it.each([
    { name: 'no command', argv: [] },
    { name: 'an unknown command', argv: ['statsu'] },
    { name: 'an unknown option', argv: ['status', '--nope'] },
    { name: 'too many arguments', argv: ['status', 'more'] },
    { name: 'a number that is none', argv: ['run', '--workers', 'many'] },
    { name: 'a number out of bounds', argv: ['up', '--port', '70000'] },
    { name: 'an interval of nothing', argv: ['monitor', '--interval', '0'] },
    { name: 'an unknown status', argv: ['tasks', '--status', 'done'] },
    { name: 'a URL that is none', argv: ['status', '--url', 'nope'] },
    { name: 'a bad option of a role', argv: ['worker', '--port', 'x'] },
    { name: 'a file that is not there', argv: ['execute', 'no-such.yaml'] },
  ])('answers $name with exit code 2 and a message without a stack', async ({ argv }) => {
    const { code, stdout, stderr } = await cli(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('names URL and remedy where no orchestrator answers', async () => {
    const gone = await serveFake(new Hono());
    await gone.close();
    expect(await cli(['status', '--url', gone.url])).toEqual({
      code: 1,
      stdout: '',
      stderr: `motes: cannot reach an orchestrator at ${gone.url} (ECONNREFUSED) - start one with \`motes up\`, or say where it is with --url or MOTES_URL\n`,
    });
  });
});
