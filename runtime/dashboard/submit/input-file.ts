/** A file for a parameter: read, checked and uploaded; the tasks name it by its blob. */
import { formatOf, readConfiguration } from '../../../functions/configuration/formats.ts';
import { MAX_BLOB_BYTES } from '../../wire/blob.ts';
import { ask } from '../state/api.ts';
import { bytes, t } from '../text/text.ts';

/** What stands for the file in a task. */
export interface FileReference {
  readonly blob: string;
  readonly format: string;
  readonly particles: number;
}

/** @throws Error saying what is wrong with the file (with line and column), or with the way there */
export async function uploadConfiguration(file: File): Promise<FileReference> {
  if (file.size > MAX_BLOB_BYTES) throw new Error(t('submit.fileTooLarge', { most: bytes(MAX_BLOB_BYTES) }));
  // Browsers compute SHA-256 for secure pages only: those by https://, or of this machine.
  if (!globalThis.isSecureContext) throw new Error(t('submit.insecure', { file: file.name }));
  const content = await file.arrayBuffer();
  const format = formatOf(file.name);
  const { positions } = readConfiguration(new TextDecoder().decode(content), format);
  const blob = hex(await crypto.subtle.digest('SHA-256', content));
  await ask(`/blobs/${blob}`, {
    method: 'PUT',
    body: content,
    headers: { 'content-type': 'application/octet-stream' },
  });
  return { blob, format, particles: positions.length / 3 };
}

function hex(digest: ArrayBuffer): string {
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
