import { copyFileSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.ts';

const SUITE = 'bookworm';
const DEFAULT_MIRROR = 'http://deb.debian.org/debian';
/** Node is linked with libatomic; certificates are for TLS to an orchestrator. */
const PACKAGES = ['ca-certificates', 'libatomic1'];
/** What no container needs. */
const LEFT_OUT = ['var/cache/apt/archives', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man', 'usr/share/locale'];

/**
 * Makes an image that can stand in for the official slim Node image: Debian's minimal root, the Node of this process,
 * and the user `node` with the id 1000.
 * @throws Error with the words of the program that failed
 */
export function makeStandIn(image: string): void {
  const root = mkdtempSync(join(tmpdir(), 'stand-in-'));
  try {
    run('debootstrap', ['--variant=minbase', `--include=${PACKAGES.join(',')}`, SUITE, root, debianMirror()]);
    for (const folder of LEFT_OUT) empty(join(root, folder));
    copyFileSync(realpathSync(process.execPath), join(root, 'usr/local/bin/node'));
    run('chmod', ['755', root, join(root, 'usr/local/bin/node')]);
    run('chroot', [root, 'useradd', '--uid', '1000', '--create-home', '--shell', '/bin/bash', 'node']);
    const archive = `${root}.tar`;
    try {
      run('tar', ['-C', root, '-cf', archive, '.']);
      run('docker', ['import', '--change', 'CMD ["node"]', '--change', 'LABEL motes.stand-in=true', archive, image]);
    } finally {
      rmSync(archive, { force: true });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Where this machine has its own packages from. */
function debianMirror(): string {
  const folder = '/etc/apt/sources.list.d';
  const files = ['/etc/apt/sources.list', ...readdirSync(folder).map((name) => join(folder, name))];
  for (const text of files.map(readIfThere)) {
    const url = /^(?:URIs:|deb (?:\[.*?\] )?)\s*(\S+\/debian)\/?(?:\s|$)/m.exec(text)?.[1];
    if (url !== undefined) return url;
  }
  return DEFAULT_MIRROR;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function empty(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}
