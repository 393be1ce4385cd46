import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { extract, type Headers } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { workerPermissions } from '../../../runtime/process/permissions.ts';
import { layerEntries } from './application.ts';
import { IMAGE_TARGETS } from './names.ts';
import { type TarEntry, writeTar } from './tar.ts';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
const MOST_LAYER_BYTES = 2 * 1024 ** 2;
const ENTRIES: TarEntry[] = [
  { path: 'app', content: null, mode: 0o755, owner: 0 },
  { path: 'app/b.js', content: 'two', mode: 0o644, owner: 0 },
  { path: 'app/a.js', content: new TextEncoder().encode('one'), mode: 0o644, owner: 1000 },
];

async function headersOf(tar: Buffer): Promise<Headers[]> {
  const headers: Headers[] = [];
  for await (const entry of Readable.from([tar]).pipe(extract())) {
    headers.push(entry.header);
    entry.resume();
  }
  return headers;
}

describe('a layer', () => {
  test('has the same bytes whatever the order and the time', async () => {
    const one = await writeTar(ENTRIES);
    const other = await writeTar(ENTRIES.toReversed());
    expect(other.equals(one)).toBe(true);
    expect((await headersOf(one)).map(({ name, type, uid, mtime }) => [name, type, uid, mtime?.getTime()])).toEqual([
      ['app', 'directory', 0, 0],
      ['app/a.js', 'file', 1000, 0],
      ['app/b.js', 'file', 0, 0],
    ]);
  });

  test.each(IMAGE_TARGETS)('of the %s is small, and writable only where it must be', async (target) => {
    const entries = await layerEntries(PROJECT, target);
    expect((await writeTar(entries)).length).toBeLessThanOrEqual(MOST_LAYER_BYTES);
    const writable = entries.filter(({ owner }) => owner !== 0).map(({ path }) => path);
    expect(writable).toEqual(['app/data', 'app/results', 'app/logs', 'app/configs']);
    expect(entries.filter(({ path }) => path.includes('node_modules'))).toEqual([]);
    // A folder without an entry would get the time of the build.
    const known = new Set(entries.map(({ path }) => path));
    for (const path of known) if (path.includes('/')) expect(known).toContain(path.slice(0, path.lastIndexOf('/')));
  });

  test('of the worker is run under the permission model', () => {
    const [, command] = /^CMD (\[.*worker\.js"\])$/m.exec(readFileSync(`${PROJECT}Dockerfile`, 'utf8'))!;
    const files = ['/run/secrets'];
    expect(JSON.parse(command!)).toEqual(['node', ...workerPermissions('/app', files), '/app/build/roles/worker.js']);
  });
});
