import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layerEntries } from './application.ts';
import { IMAGE_TARGETS } from './names.ts';
import { writeTar } from './tar.ts';

/** Docker unpacks these with ADD: `build/images/<target>.tar`. @returns the targets with their sizes in bytes */
export async function writeLayers(project: string): Promise<{ target: string; bytes: number }[]> {
  const folder = join(project, 'build/images');
  mkdirSync(folder, { recursive: true });
  const written: { target: string; bytes: number }[] = [];
  for (const target of IMAGE_TARGETS) {
    const tar = await writeTar(await layerEntries(project, target));
    writeFileSync(join(folder, `${target}.tar`), tar);
    written.push({ target, bytes: tar.length });
  }
  return written;
}
