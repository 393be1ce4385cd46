import { stringify } from 'yaml';

/** A worker in `configs/network.yaml`. */
export interface WorkerAddress {
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

/** The original's port of worker k was 8000 + k. */
const FIRST_PORT = 8000;
const ADDRESS = /^([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::(\d{1,5}))?$/;

/**
 * Reads `HOST` or `HOST:PORT`.
 * @throws Error saying what was given and what it should be
 */
export function parseAddress(id: string, text: string): WorkerAddress {
  const [, host, port] = ADDRESS.exec(text) ?? [];
  if (host === undefined || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535)
    throw new Error(`--${id} should be an address such as 10.0.0.5 or 10.0.0.5:8001, not "${text}"`);
  return { id, host, port: port === undefined ? FIRST_PORT + Number(/\d+$/.exec(id)) : Number(port) };
}

/** The network file with these workers, under the comment that the one before began with. */
export function networkFile(before: string, workers: readonly WorkerAddress[]): string {
  const [comment = ''] = /^(#.*\r?\n)*/.exec(before) ?? [];
  return `${comment}${stringify({ workers })}`;
}
