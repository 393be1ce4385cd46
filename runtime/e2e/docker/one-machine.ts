/** `docker-compose.yml` on this machine, as the original's users have it: up, run, scale, restart, kill, down. */
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { requireCompose } from '../../../scripts/docker/docker.ts';
import { run, tryRun } from '../../../scripts/docker/run.ts';
import { PROJECT } from '../../../scripts/images/lib/project.ts';
import { Api, longTasks } from './api.ts';
import { ComposeProject } from './compose.ts';
import { describeCourse, inMidRun } from './mid-run.ts';
import { need, type Suite, say, until } from './suite.ts';

const RUN_DEADLINE_MS = 120_000;
const OVERLAY = ['-f', 'docker-compose.yml', '-f', 'docker-compose.ports.yml'];

export async function checkOneMachine(suite: Suite): Promise<void> {
  say('docker-compose on one machine');
  const port = await freePort();
  const project = new ComposeProject(`motes-e2e-${process.pid}`, { MOTES_PORT_HERE: String(port) });
  const api = new Api(`http://127.0.0.1:${port}`);
  await suite.check('docker-compose config says nothing but the configuration', checkConfig);
  try {
    if (await checkUp(suite, project, api)) await checkRunning(suite, project, api);
  } finally {
    await suite.check('down -v leaves nothing', () => {
      project.do('down', '-v', '--timeout', '5');
      need(project.leftovers().length === 0, `left: ${project.leftovers().join(' ')}`);
    });
  }
}

async function checkRunning(suite: Suite, project: ComposeProject, api: Api): Promise<void> {
  await checkContainers(suite, project, api);
  await checkOriginal(suite, project, api);
  await checkScale(suite, project, api);
  await checkDeaths(suite, project, api);
  await suite.check('logs are lines for people', () => {
    const lines = project
      .do('logs', '--no-color', '--tail', '20')
      .split('\n')
      .filter((line) => line.includes('|'));
    const unreadable = lines.filter((line) => !/\| +(?:\S+ \| )?\[\d\d:\d\d:\d\d\] [A-Z]+: /.test(line));
    need(lines.length > 0 && unreadable.length === 0, unreadable[0] ?? 'no lines');
  });
}

function checkConfig(): void {
  const [program, ...first] = requireCompose();
  for (const files of [[], OVERLAY]) {
    const { status, stdout, stderr } = spawnSync(program, [...first, ...files, 'config'], {
      cwd: PROJECT,
      encoding: 'utf8',
    });
    need(status === 0 && stderr === '', stderr);
    const ports = ['8001', '8002', '8003'].filter(
      (port) => stdout.includes(`127.0.0.1:${port}`) || stdout.includes(`published: "${port}"`),
    );
    need(ports.length === (files === OVERLAY ? 3 : 0), `publishes ${ports.join(' ')}`);
  }
}

async function checkUp(suite: Suite, project: ComposeProject, api: Api): Promise<boolean> {
  return suite.check('up: an orchestrator and three workers are online', async () => {
    project.do('up', '-d');
    await until('three workers are online', async () => (await api.status()).online_workers === 3);
  });
}

async function checkContainers(suite: Suite, project: ComposeProject, api: Api): Promise<void> {
  const worker = project.container('worker1');
  const orchestrator = project.container('orchestrator');
  await suite.check('only the orchestrator is published, on loopback', () => {
    need(run('docker', ['port', worker]).trim() === '', 'worker1 is published');
    const published = run('docker', ['port', orchestrator]).trim();
    need(published === `5000/tcp -> ${new URL(api.url).host}`, published);
  });
  await suite.check('containers have no rights but their own volumes', () => {
    for (const container of [worker, orchestrator]) {
      const isWritten = tryRun('docker', ['exec', container, 'node', '-e', "fs.writeFileSync('/app/build/x', '')"]);
      need(!isWritten, `${container} can write to its program`);
      const status = run('docker', ['exec', container, 'node', '-p', "fs.readFileSync('/proc/1/status', 'utf8')"]);
      need(/^CapBnd:\s*0+$/m.test(status) && /^NoNewPrivs:\s*1$/m.test(status), `${container} has capabilities`);
    }
  });
  await suite.check('the healthchecks pass without curl', () =>
    until('all are healthy', () => {
      const label = `label=com.docker.compose.project=${project.name}`;
      const healthy = run('docker', ['ps', '-q', '--filter', label, '--filter', 'health=healthy']);
      return healthy.trim().split('\n').length === 4;
    }).then(() => {}),
  );
}

/** The four lines of the original's README. */
async function checkOriginal(suite: Suite, project: ComposeProject, api: Api): Promise<void> {
  const ids = ['worker1', 'worker2', 'worker3'];
  await suite.check('GET /status', async () => {
    const { workers, total_workers, online_workers, tasks_total } = await api.status();
    need(
      total_workers === 3 && online_workers === 3 && tasks_total > 0,
      JSON.stringify({ total_workers, tasks_total }),
    );
    need(
      ids.every((id) => workers[id] === 'online'),
      JSON.stringify(workers),
    );
  });
  await suite.check('GET /workers', async () => {
    const workers = await api.workers();
    need(
      ids.every((id, index) => workers[id]?.port === 8001 + index),
      JSON.stringify(workers),
    );
  });
  await suite.check('GET /ping_all', async () => {
    const { online_workers } = await api.json<{ online_workers: number }>('/ping_all');
    need(online_workers === 3, `${online_workers} online`);
  });
  await suite.check('POST /execute_tasks runs configs/tasks.yaml to its end', async () => {
    const { run_id } = await api.json<{ run_id: string }>('/execute_tasks', { method: 'POST' });
    const ended = await api.ended(run_id, RUN_DEADLINE_MS);
    need(ended.status === 'succeeded', JSON.stringify(ended.tasks));
    const tasks = new Map((await api.tasks(run_id)).map((task) => [task.id, task]));
    const digests = ['simulation_large', 'simulation_large_wasm'].map((id) => tasks.get(id)?.result?.digest);
    need(digests[0] !== undefined && digests[0] === digests[1], `digests ${digests.join(' and ')}`);
    const files = run('docker', ['exec', project.container('orchestrator'), 'ls', '/app/results']);
    need(/^result_simulation_small_\d{8}_\d{6}\.json$/m.test(files), `result files: ${files}`);
    return `${tasks.size} tasks`;
  });
  await suite.check('motes and verify-system run in the orchestrator’s container', () => {
    need(project.do('exec', '-T', 'orchestrator', 'motes', 'workers').includes('worker3'), 'no worker3');
    const table = project.do('exec', '-T', 'orchestrator', 'verify-system', '--workers', '3');
    need(table.includes('the system is sound'), table);
  });
}

async function checkScale(suite: Suite, project: ComposeProject, api: Api): Promise<void> {
  await suite.check('up --scale worker1=2 gives four working workers, the fourth worker1-2', async () => {
    project.do('up', '-d', '--scale', 'worker1=2');
    await until('worker1-2 is online', async () => {
      const { workers } = await api.status();
      return ['worker1', 'worker1-2', 'worker2', 'worker3'].every((id) => workers[id] === 'online');
    });
    // So many and so long that even a worker taken for four times as slow as the others gets one.
    const runId = await api.submit(longTasks(16, 50_000));
    need((await api.ended(runId, RUN_DEADLINE_MS)).status === 'succeeded', 'the run did not succeed');
    const places = new Set((await api.tasks(runId)).map(({ worker_id }) => worker_id));
    need(places.size === 4, `only ${[...places].join(' ')} worked`);
  });
}

/** Whatever dies in mid-run costs a retry at most. */
async function checkDeaths(suite: Suite, project: ComposeProject, api: Api): Promise<void> {
  await suite.check('restart worker1 in mid-run costs only a retry', async () => {
    const course = await inMidRun(api, ['worker1', 'worker1-2'], () => project.do('restart', 'worker1'));
    await until('all are back', async () => (await api.status()).online_workers === 4);
    return describeCourse(course);
  });
  await suite.check('docker kill of a worker in mid-run costs only a retry', async () => {
    const course = await inMidRun(api, ['worker2', 'worker3'], (id) => run('docker', ['kill', project.container(id)]));
    project.do('up', '-d', '--scale', 'worker1=2');
    await until('all are back', async () => (await api.status()).online_workers === 4);
    return describeCourse(course);
  });
  await suite.check('docker kill of the orchestrator in mid-run: its volume keeps the run', async () => {
    const course = await inMidRun(api, Object.keys(await api.workers()), async () => {
      run('docker', ['kill', project.container('orchestrator')]);
      run('docker', ['start', project.container('orchestrator')]);
      await until('it is back', async () => (await api.fetch('/livez')).ok);
    });
    need(course.retries === 0, `it ran something again: ${describeCourse(course)}`);
    return describeCourse(course);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
