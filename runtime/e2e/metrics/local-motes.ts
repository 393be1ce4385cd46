/** `motes up` as an operator starts it, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '../../client/client.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/motes.js', import.meta.url));

interface Member {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
}

export class LocalMotes {
  readonly folder: string;
  readonly orchestrator: Pick<Member, 'url'>;
  readonly workers: readonly Member[];
  readonly client: Client;
  readonly #child: ChildProcess;

  private constructor(folder: string, child: ChildProcess, told: Pick<LocalMotes, 'orchestrator' | 'workers'>) {
    this.folder = folder;
    this.#child = child;
    this.orchestrator = told.orchestrator;
    this.workers = told.workers;
    this.client = new Client({ url: told.orchestrator.url });
  }

  /** Two workers of one slot. */
  static async start(): Promise<LocalMotes> {
    const folder = mkdtempSync(join(tmpdir(), 'motes-e2e-metrics-'));
    const args = ['up', '--port', '0', '--worker-port', '0', '--workers', '2', '--slots', '1', '--json'];
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MOTES_|WORKER)/.test(name)));
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, env, stdio: [...stdio] });
    process.once('exit', () => child.kill('SIGTERM'));
    return new LocalMotes(folder, child, await whatItTells(child));
  }

  /** What a role answers. */
  async text(url: string, path: string): Promise<string> {
    return (await fetch(`${url}${path}`)).text();
  }

  /** The lines of a role's log, as JSON. */
  log(name: string): Record<string, unknown>[] {
    const lines = readFileSync(join(this.folder, 'logs', `${name}.log`), 'utf8').split('\n');
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async stop(): Promise<void> {
    await this.client.close();
    if (this.#child.exitCode === null) {
      const gone = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill('SIGTERM');
      // The second one does not wait for what runs.
      this.#child.kill('SIGINT');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The one document on its standard output. */
async function whatItTells(child: ChildProcess): Promise<Pick<LocalMotes, 'orchestrator' | 'workers'>> {
  let text = '';
  for await (const piece of child.stdout!) {
    text += piece;
    try {
      return JSON.parse(text);
    } catch {
      // There is more to come.
    }
  }
  throw new Error(`motes up ended with ${child.exitCode}: ${text}`);
}
