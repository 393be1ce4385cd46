import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** An archive on disk. */
export interface Archive {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Above this, gzip takes twice the time for a percent. */
const GZIP_LEVEL = 6;

/**
 * Writes an image as `docker load` takes it, and `PATH.sha256` beside it.
 * @throws Error when docker cannot save it; then there is no file
 */
export async function saveImage(image: string, path: string): Promise<Archive> {
  const docker = spawn('docker', ['save', image], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<number | null>((resolve, reject) => docker.once('exit', resolve).once('error', reject));
  const [, status] = await Promise.all([
    pipeline(docker.stdout, createGzip({ level: GZIP_LEVEL }), createWriteStream(path)),
    exited,
  ]);
  if (status !== 0) {
    rmSync(path, { force: true });
    throw new Error(`docker save ${image} ended with ${status}`);
  }
  const sha256 = await digestOf(path);
  writeFileSync(`${path}.sha256`, checksumLine(path, sha256));
  return { file: basename(path), bytes: statSync(path).size, sha256 };
}

/** As `sha256sum --check` takes it. */
export function checksumLine(path: string, sha256: string): string {
  return `${sha256}  ${basename(path)}\n`;
}

/** SHA-256 of a file of any size, hex. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
