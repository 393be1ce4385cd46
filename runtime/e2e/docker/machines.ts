/** The distributed mode: packages carried to machines that have nothing but Docker, and what happens to them there. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../scripts/docker/run.ts';
import { archiveOf } from '../../../scripts/images/lib/packages.ts';
import { PROJECT } from '../../../scripts/images/lib/project.ts';
import { workerPermissions } from '../../process/permissions.ts';
import { Api } from './api.ts';
import { Lan, type Machine } from './lan.ts';
import { describeCourse, inMidRun } from './mid-run.ts';
import { need, type Suite, say, until } from './suite.ts';

const WORKERS = [1, 2, 3];
/** Numbers of machines in the network. */
const [PC, FIRST_VM] = [10, 11];
const PLAIN_WORKER = 'worker4';
const ENDING_DEADLINE_MS = 10_000;

/** The machines, and how the orchestrator on the first is called. */
interface Site {
  readonly lan: Lan;
  readonly packages: string;
  readonly token: string;
  readonly pc: Machine;
  readonly vms: readonly Machine[];
  readonly api: Api;
}

export async function checkMachines(suite: Suite): Promise<void> {
  say('the distributed mode: a PC and three VMs');
  const lan = new Lan();
  try {
    const packages = join(lan.folder, 'packages');
    const isMade = await suite.check('create-vm-packages makes a folder for each machine', () => {
      const args = ['--orchestrator-host', lan.address(PC), '--output', packages];
      run(process.execPath, ['scripts/images/create-vm-packages.ts', ...args], { cwd: PROJECT });
    });
    if (isMade) await checkSite(suite, await buildSite(lan, packages));
  } finally {
    await lan.close();
  }
}

/** Carries each package to its machine. */
async function buildSite(lan: Lan, packages: string): Promise<Site> {
  const carry = (name: string): string => {
    const carried = join(lan.folder, 'carried', name);
    cpSync(join(packages, name), carried, { recursive: true });
    return carried;
  };
  const [pc, ...vms] = await Promise.all([
    lan.add('pc', PC, carry('Orchestrator_Package')),
    ...WORKERS.map((number, index) => lan.add(`vm${number}`, FIRST_VM + index, carry(`VM${number}_Package`))),
  ]);
  const token = readFileSync(join(packages, 'Plain_Node_Package/token'), 'utf8').trim();
  return { lan, packages, token, pc: pc!, vms, api: new Api(`http://${pc!.address}:5000`, token) };
}

async function checkSite(suite: Suite, site: Site): Promise<void> {
  const isLoaded = await checkLoading(suite, site);
  if (!isLoaded || !(await checkStart(suite, site))) return;
  await checkStrangers(suite, site);
  await checkSystem(suite, site);
  await checkCut(suite, site);
  await checkPlainNode(suite, site);
  await checkAddresses(suite, site);
  await suite.check('stop.sh ends what was started', () => {
    for (const machine of [...site.vms, site.pc]) {
      machine.do('sh', 'stop.sh');
      need(machine.do('docker', 'ps', '--all', '--quiet').trim() === '', `${machine.name} still has containers`);
    }
  });
}

async function checkLoading(suite: Suite, { pc, vms, lan }: Site): Promise<boolean> {
  const [vm1] = vms;
  await suite.check('load_images refuses an archive with one flipped byte, and loads nothing', () => {
    const archive = join(lan.folder, 'carried/VM1_Package', archiveOf('worker'));
    const whole = readFileSync(archive);
    const damaged = Buffer.from(whole);
    damaged[damaged.length >> 1]! ^= 1;
    writeFileSync(archive, damaged);
    const words = failureOf(() => vm1!.do('sh', 'load_images.sh'));
    need(words.includes('is damaged') && words.includes('SHA-256'), words);
    need(vm1!.do('docker', 'images', '--quiet').trim() === '', 'something was loaded');
    writeFileSync(archive, whole);
  });
  await suite.check('run_worker1 says that the image is not loaded yet', () => {
    const words = failureOf(() => vm1!.do('sh', 'run_worker1.sh'));
    need(words.includes('run load_images first'), words);
  });
  return suite.check('load_images loads the archive on every machine', async () => {
    await Promise.all([pc, ...vms].map((machine) => machine.doBeside('sh', 'load_images.sh')));
  });
}

async function checkStart(suite: Suite, { pc, vms, api }: Site): Promise<boolean> {
  const isUp = await suite.check('run_orchestrator starts the orchestrator', async () => {
    await pc.doBeside('sh', 'run_orchestrator.sh');
    await until('it answers', async () => (await api.fetch('/livez')).ok);
  });
  if (!isUp) return false;
  return suite.check('run_worker1 … run_worker3: all register with the addresses of their machines', async () => {
    await Promise.all(vms.map((vm, index) => vm.doBeside('sh', `run_worker${index + 1}.sh`)));
    const workers = await until('three workers are online', async () => {
      const { online_workers } = await api.status();
      return online_workers === vms.length && api.workers();
    });
    for (const [index, { address }] of vms.entries()) {
      const { url } = workers[`worker${index + 1}`]!;
      need(url === `http://${address}:${8001 + index}`, `worker${index + 1} is at ${url}`);
    }
  });
}

async function checkStrangers(suite: Suite, { api, vms }: Site): Promise<void> {
  const urls = [api.url, `http://${vms[0]!.address}:8001`];
  for (const [name, token] of [
    ['no', null],
    ['a wrong', 'x'.repeat(43)],
  ] as const)
    await suite.check(`${name} token: refused by orchestrator and worker, /livez apart`, async () => {
      for (const url of urls) {
        const stranger = new Api(url, token);
        for (const path of ['/status', '/ping', '/metrics', '/functions', '/no-such-path']) {
          const { status } = await stranger.fetch(path);
          need(status === 401, `${url}${path} answered ${status}`);
        }
        const invoked = await stranger.fetch('/invoke', { method: 'POST', body: '{"type":"noop"}' });
        need(invoked.status === 401, `${url}/invoke answered ${invoked.status}`);
        need((await stranger.fetch('/livez')).ok, `${url}/livez does not answer`);
      }
    });
}

async function checkSystem(suite: Suite, site: Site): Promise<void> {
  const { pc, api, token } = site;
  await suite.check('verify_system of the package finds the system sound', () => {
    const table = pc.do('sh', 'verify_system.sh', '--workers', '3');
    need(table.includes('the system is sound'), table);
  });
  await suite.check('verify-system from another machine does, too', () => {
    const { code, table } = verify(api, token, '--workers', '3');
    need(code === 0, table);
  });
  await suite.check('verify-system with a wrong token fails and says what to do', () => {
    const { code, table } = verify(api, 'wrong');
    need(code === 1 && table.includes('FAIL') && table.includes('MOTES_TOKEN'), table);
  });
  await suite.check('motes execute --wait on the PC runs configs/tasks.yaml', () => {
    const table = pc.do('sh', 'motes.sh', 'execute', '--wait');
    need(/succeeded, (\d+) tasks: \1 succeeded/.test(table), table);
  });
}

async function checkCut(suite: Suite, { api, token, vms }: Site): Promise<void> {
  const ids = WORKERS.map((number) => `worker${number}`);
  let cut = vms[0]!;
  await suite.check('a VM that is cut off in mid-run costs only a retry', async () => {
    try {
      const course = await inMidRun(api, ids, (id) => {
        cut = vms[ids.indexOf(id)]!;
        cut.cutOff();
      });
      const note = describeCourse(course);
      need(
        course.unsuccessful.some((attempt) => attempt.endsWith(course.worker)),
        `nothing was cut off: ${note}`,
      );
      return note;
    } catch (error) {
      cut.plugIn();
      throw error;
    }
  });
  await suite.check('verify-system names the VM that is cut off, and what to do', () => {
    const { code, table } = verify(api, token);
    need(code === 1 && /worker\d +known +FAIL +offline.*firewall/.test(table), table);
  });
  await suite.check('plugged in again, it is back by itself and works', async () => {
    cut.plugIn();
    await until('all are online', async () => (await api.status()).online_workers === vms.length, 60_000);
    const { code, table } = verify(api, token, '--workers', '3');
    need(code === 0, table);
  });
}

/** The worker without Docker, on the host itself, from a folder that holds the package and nothing else. */
async function checkPlainNode(suite: Suite, { lan, packages, api, token }: Site): Promise<void> {
  const folder = join(lan.folder, 'carried/Plain_Node_Package');
  mkdirSync(folder, { recursive: true });
  cpSync(join(packages, 'Plain_Node_Package'), folder, { recursive: true });
  const settings = Object.fromEntries(
    [...readFileSync(join(folder, 'worker.env'), 'utf8').matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [
      name,
      value,
    ]),
  );
  const env = { ...settings, MOTES_HOST: lan.hostAddress };
  const worker = spawn(process.execPath, [...workerPermissions(folder), join(folder, 'worker.mjs')], {
    ...{ cwd: '/', env, stdio: ['ignore', 'ignore', 'pipe'] },
  }) as ChildProcess;
  let log = '';
  worker.stderr?.on('data', (chunk) => {
    log += chunk;
  });
  await suite.check('node worker.mjs works without Docker, under the permission model', async () => {
    const isOnline = async (): Promise<boolean> => (await api.status()).workers[PLAIN_WORKER] === 'online';
    await until(`${PLAIN_WORKER} is online; its log: ${log}`, isOnline);
    const { code, table } = verify(api, token, '--workers', '4');
    need(code === 0 && table.includes(PLAIN_WORKER), table);
  });
  await suite.check('SIGTERM drains it', async () => {
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.kill('SIGTERM');
    const timer = setTimeout(() => worker.kill('SIGKILL'), ENDING_DEADLINE_MS);
    const code = await ended;
    clearTimeout(timer);
    need(code === 0, `it ended with ${code}\n${log}`);
  });
}

/** The original's way: the orchestrator is given the addresses. */
async function checkAddresses(suite: Suite, { pc, vms, api }: Site): Promise<void> {
  await suite.check('run_orchestrator with addresses calls the workers there', async () => {
    pc.do('sh', 'stop.sh');
    await pc.doBeside('sh', 'run_orchestrator.sh', ...vms.map(({ address }) => address));
    const wanted = vms.map(({ address }, index) => `WORKER${index + 1}_IP=${address}\n`).join('');
    need(pc.do('cat', 'workers.env') === wanted, pc.do('cat', 'workers.env'));
    await until('three workers are online', async () => (await api.status()).online_workers === vms.length);
  });
}

function verify(api: Api, token: string, ...more: string[]): { code: number | null; table: string } {
  const args = ['scripts/images/verify-system.ts', '--url', api.url, ...more];
  const env = { ...process.env, MOTES_TOKEN: token };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: PROJECT, env, encoding: 'utf8' });
  return { code: status, table: `${stdout}${stderr}` };
}

/** What a command says when it fails. @throws Error when it does not */
function failureOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it succeeded');
}
