/** Debian's Prometheus and promtool: those that are installed, else those of the package, unpacked into a temporary folder. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../chaos/ports.ts';
import { until } from '../chaos/until.ts';

/** One series of an answer. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [seconds: number, value: string];
}

/** An alerting rule as Prometheus has evaluated it. */
export interface Rule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export class Prometheus {
  readonly #folder = mkdtempSync(join(tmpdir(), 'motes-prometheus-'));
  readonly #programs: string;
  #child: ChildProcess | null = null;
  #url = '';

  /** @throws Error when it is not installed and its package cannot be had */
  constructor() {
    this.#programs = spawnSync('promtool', ['--version']).status === 0 ? '' : unpack(this.#folder);
  }

  /** Runs promtool. @returns what it complains of, line by line */
  check(args: readonly string[], input = ''): string[] {
    const { status, stdout, stderr } = spawnSync(join(this.#programs, 'promtool'), args, { input, encoding: 'utf8' });
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== '');
    const complaints = lines.filter((line) => !/SUCCESS|^Checking/.test(line));
    return status === 0 ? complaints : [`promtool ${args.join(' ')} ended with ${status}`, ...lines];
  }

  /** Starts it on a free port of loopback, with this configuration. */
  async start(config: string): Promise<void> {
    const file = join(this.#folder, 'prometheus.yml');
    writeFileSync(file, config);
    const address = `127.0.0.1:${await freePort()}`;
    this.#url = `http://${address}`;
    const options = [`--config.file=${file}`, `--storage.tsdb.path=${join(this.#folder, 'data')}`];
    const args = [...options, `--web.listen-address=${address}`, '--log.level=error'];
    const child = spawn(join(this.#programs, 'prometheus'), args, { stdio: ['ignore', 'inherit', 'inherit'] });
    this.#child = child;
    alive.add(child);
    child.once('exit', () => alive.delete(child));
    await until('prometheus is ready', async () => (await fetch(`${this.#url}/-/ready`)).ok);
  }

  /** What an expression gives now. @throws Error with what Prometheus says of it */
  async query(expression: string): Promise<Series[]> {
    const answer = await this.#get(`/api/v1/query?${new URLSearchParams({ query: expression })}`);
    return (answer as { result: Series[] }).result;
  }

  async rules(): Promise<Rule[]> {
    const { groups } = (await this.#get('/api/v1/rules')) as { groups: { rules: Rule[] }[] };
    return groups.flatMap(({ rules }) => rules);
  }

  async #get(path: string): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`);
    const body = (await response.json()) as { status: string; error?: string; data: unknown };
    if (body.status !== 'success') throw new Error(`prometheus says of ${path}: ${body.error}`);
    return body.data;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Takes the programs out of the package without installing it: an installed one would start a service. */
function unpack(folder: string): string {
  execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
  execFileSync('apt-get', ['download', '-qq', 'prometheus'], { cwd: folder, stdio: 'ignore' });
  const [file] = globSync('prometheus_*.deb', { cwd: folder });
  if (!file) throw new Error('apt-get gave no package prometheus - install Prometheus and promtool');
  execFileSync('dpkg', ['-x', join(folder, file), folder]);
  return join(folder, 'usr', 'bin');
}
