/**
 * Machines in a network of their own, on one host. Each is a set of Linux namespaces with its own addresses, processes,
 * names and file system: of the host's disk it has the programs (`/usr`, `/etc`, read-only) and the one folder that was
 * carried to it. A Docker engine of its own runs there. All of it goes when its first process does.
 *
 *      host 10.77.x.1 ──┐
 *      pc   10.77.x.10 ─┼─ bridge, in a namespace of its own: no firewall of the host's is in the way
 *      vm1  10.77.x.11 ─┘
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunOptions, run, tryRun } from '../../../scripts/docker/run.ts';
import { until } from './suite.ts';

const ENGINE_DEADLINE_MS = 60_000;
const COMMAND_DEADLINE_MS = 180_000;
const HOST_NUMBER = 1;

/**
 * What the first process of a machine does: a root of its own, then the engine, whose orphans it reaps. A mere chroot
 * would not do: an engine's `exec` enters a container by its namespaces, and would find the host's root there.
 */
const FIRST_PROCESS = `
set -e
root=$1 docker=$2 carried=$3
mount --make-rprivate /
mount -t tmpfs tmpfs "$root"
cd "$root"
mkdir -p usr etc proc sys dev run tmp root package before var/lib/docker var/log
for folder in usr etc; do mount --rbind "/$folder" "$folder"; mount -o remount,bind,ro "$folder"; done
for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$folder"; done
ln -s ../run var/run
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount --bind "$docker" var/lib/docker
mount --bind "$carried" package
pivot_root . before
cd /
umount -l before
exec sh -c 'dockerd >/var/log/dockerd.log 2>&1 & wait'
`;

/** The network: a bridge, and the host's own way into it. */
export class Lan {
  readonly folder: string;
  readonly #name: string;
  readonly #subnet: string;
  readonly #machines: Machine[] = [];

  /** @throws Error when this is not root, or not Linux */
  constructor() {
    this.#name = `m${process.pid % 100_000}`;
    this.#subnet = `10.77.${process.pid % 250}`;
    this.folder = mkdtempSync(join(tmpdir(), 'lan-'));
    run('ip', ['netns', 'add', this.#name]);
    run('ip', ['-n', this.#name, 'link', 'add', 'br0', 'type', 'bridge']);
    run('ip', ['-n', this.#name, 'link', 'set', 'br0', 'up']);
    this.#plug(null, HOST_NUMBER);
  }

  address(number: number): string {
    return `${this.#subnet}.${number}`;
  }

  /** The host's address in this network. */
  get hostAddress(): string {
    return this.address(HOST_NUMBER);
  }

  /** Starts a machine; `carried` is the folder that it gets as `/package`. */
  async add(name: string, number: number, carried: string): Promise<Machine> {
    const namespace = `${this.#name}${name}`;
    run('ip', ['netns', 'add', namespace]);
    run('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
    this.#plug(namespace, number);
    const machine = new Machine({
      ...{ name, namespace, carried, address: this.address(number), folder: join(this.folder, name) },
      setCable: (isPlugged) => {
        run('ip', ['-n', this.#name, 'link', 'set', this.#port(number), isPlugged ? 'up' : 'down']);
      },
    });
    this.#machines.push(machine);
    await machine.start();
    return machine;
  }

  /** Ends all machines and takes the network down. */
  async close(): Promise<void> {
    await Promise.all(this.#machines.map((machine) => machine.stop()));
    for (const { namespace } of this.#machines) tryRun('ip', ['netns', 'delete', namespace]);
    tryRun('ip', ['netns', 'delete', this.#name]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A cable from the bridge to a namespace, or to the host for null. */
  #plug(namespace: string | null, number: number): void {
    const [port, end] = [this.#port(number), `${this.#name}e${number}`];
    run('ip', ['link', 'add', end, 'type', 'veth', 'peer', 'name', port]);
    run('ip', ['link', 'set', port, 'netns', this.#name]);
    run('ip', ['-n', this.#name, 'link', 'set', port, 'master', 'br0', 'up']);
    if (namespace !== null) run('ip', ['link', 'set', end, 'netns', namespace]);
    const inside = namespace === null ? [] : ['-n', namespace];
    run('ip', [...inside, 'address', 'add', `${this.address(number)}/24`, 'dev', end]);
    run('ip', [...inside, 'link', 'set', end, 'up']);
  }

  #port(number: number): string {
    return `${this.#name}p${number}`;
  }
}

interface MachineSetting {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  /** Where its disk is on the host. */
  readonly folder: string;
  readonly carried: string;
  readonly setCable: (isPlugged: boolean) => void;
}

export class Machine {
  readonly name: string;
  readonly address: string;
  readonly namespace: string;
  readonly #setting: MachineSetting;
  #unshare: ChildProcess | null = null;
  #firstPid = 0;

  constructor(setting: MachineSetting) {
    this.name = setting.name;
    this.address = setting.address;
    this.namespace = setting.namespace;
    this.#setting = setting;
  }

  /** @throws Error when its engine does not come up */
  async start(): Promise<void> {
    const { folder, carried, namespace } = this.#setting;
    const [root, docker] = [join(folder, 'root'), join(folder, 'docker')];
    for (const made of [root, docker]) mkdirSync(made, { recursive: true });
    const isolation = ['--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child'];
    const first = ['sh', '-c', FIRST_PROCESS, 'sh', root, docker, carried];
    const enter = ['nsenter', `--net=/run/netns/${namespace}`, 'unshare', ...isolation, ...first];
    // However this process ends, the machine ends with it.
    this.#unshare = spawn('setpriv', ['--pdeathsig', 'KILL', ...enter], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const { pid } = this.#unshare;
    this.#firstPid = await until(`${this.name} has a process`, () =>
      Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]),
    );
    await until(`the engine of ${this.name} is up`, () => this.try('docker', 'info'), ENGINE_DEADLINE_MS);
  }

  /** Runs a program in its package's folder. @throws Error with its last words when it fails */
  do(program: string, ...args: string[]): string {
    return run('nsenter', this.#inside(program, args), QUIET);
  }

  /** @returns whether the program succeeded */
  try(program: string, ...args: string[]): boolean {
    return tryRun('nsenter', this.#inside(program, args), QUIET);
  }

  /** Runs a program beside others. @throws Error with its last words when it fails */
  async doBeside(program: string, ...args: string[]): Promise<string> {
    const child = spawn('nsenter', this.#inside(program, args), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: ENV,
      timeout: COMMAND_DEADLINE_MS,
    });
    let words = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (words += chunk));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} on ${this.name} ended with ${code}\n${words}`);
    return words;
  }

  /** Pulls its network cable out. */
  cutOff(): void {
    this.#setting.setCable(false);
  }

  plugIn(): void {
    this.#setting.setCable(true);
  }

  /** Ends it as a power cut would. */
  async stop(): Promise<void> {
    const child = this.#unshare;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  #inside(program: string, args: readonly string[]): string[] {
    const target = [
      '--target',
      String(this.#firstPid),
      '--mount',
      '--pid',
      '--net',
      '--uts',
      '--ipc',
      '--root',
      '--wd',
    ];
    return [...target, 'sh', '-c', 'cd /package && exec "$@"', 'sh', program, ...args];
  }
}

/** Nothing of the host's environment goes into a machine. */
const ENV = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', HOME: '/root' };
const QUIET: RunOptions = { env: ENV, input: '' };
