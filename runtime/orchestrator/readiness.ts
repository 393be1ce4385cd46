/** Whether the orchestrator can take tasks: what `GET /readyz` looks at. */
import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import type { HealthCheck } from '../http/health.ts';
import type { RemoteLedger } from './ledger/ledger-host.ts';

/** With less the ledger's next commits may fail, which ends the orchestrator. */
const LEAST_FREE_BYTES = 64 * 1024 ** 2;

export interface ReadinessParts {
  readonly ledger: Pick<RemoteLedger, 'newestEvent'>;
  /** The ledger's file. */
  readonly path: string;
  /** Whether it has begun to dispatch. */
  readonly hasStarted: () => boolean;
}

export function readinessChecks({ ledger, path, hasStarted }: ReadinessParts): HealthCheck[] {
  return [
    { name: 'ledger', fault: () => ledgerFault(ledger, path) },
    { name: 'disk', fault: () => diskFault(path) },
    { name: 'dispatcher', fault: () => (hasStarted() ? null : 'it has not read the ledger yet') },
  ];
}

/**
 * The thread answers inside a transaction that may write; that nothing is written is deliberate: on a full disk the failed
 * commit would end an orchestrator that only looked at itself.
 */
async function ledgerFault(ledger: ReadinessParts['ledger'], path: string): Promise<string | null> {
  await access(path, constants.W_OK);
  await ledger.newestEvent();
  return null;
}

async function diskFault(path: string): Promise<string | null> {
  const free = await freeBytes(path);
  return free >= LEAST_FREE_BYTES ? null : `${Math.floor(free / 1024 ** 2)} MiB are free - make room`;
}

/** Bytes that this user may still write where a file is. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}
