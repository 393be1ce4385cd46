import { pack } from 'tar-stream';

/** A file or folder of an archive. */
export interface TarEntry {
  /** Without a leading slash; a folder has no content. */
  readonly path: string;
  readonly content: string | Uint8Array | null;
  readonly mode: number;
  /** User and group. */
  readonly owner: number;
}

/** Everything in a layer is as old as this: real times would change its digest from build to build. */
const MODIFIED_AT = new Date(0);

/** A tar whose bytes depend on the entries only: not on their order, nor on when, where or by whom it is made. */
export async function writeTar(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const entry of entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const content = entry.content === null ? null : Buffer.from(entry.content);
    const shared = { mode: entry.mode, uid: entry.owner, gid: entry.owner, mtime: MODIFIED_AT };
    if (content === null) archive.entry({ name: entry.path, type: 'directory', ...shared });
    else archive.entry({ name: entry.path, size: content.length, ...shared }, content);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk);
  return Buffer.concat(chunks);
}
