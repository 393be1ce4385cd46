/**
 * Checks a whole system: orchestrator, every worker, clocks, versions, functions, and a task with a known answer on each
 * worker. Exit code 1 when something is not as it should be.
 *
 *     npm run verify-system -- --url http://10.0.0.2:5000
 *     docker-compose exec orchestrator verify-system
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { renderTable } from '../../runtime/cli/table.ts';
import { readToken } from '../../runtime/process/token.ts';
import type { Check } from './verify/checks.ts';
import { verifySystem } from './verify/system.ts';

const USAGE = `usage: verify-system [--url URL] [--workers N] [--token-file FILE] [--tls-ca FILE] [--json]
  --url         where the orchestrator is (MOTES_URL; default http://localhost:5000)
  --workers     how many workers there should be, at least
  --token-file  the token that they ask for (or MOTES_TOKEN, MOTES_TOKEN_FILE)
  --tls-ca      certificates to trust, PEM (MOTES_TLS_CA)
  --json        print one JSON document`;

try {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: process.env.MOTES_URL || 'http://localhost:5000' },
      workers: { type: 'string' },
      'token-file': { type: 'string' },
      'tls-ca': { type: 'string', default: process.env.MOTES_TLS_CA || '' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) console.log(USAGE);
  else await main(values);
} catch (error) {
  console.error(`verify-system: ${(error as Error).message}\n${USAGE}`);
  process.exitCode = 2;
}

async function main(values: {
  url: string;
  workers?: string;
  'token-file'?: string;
  'tls-ca': string;
  json: boolean;
}): Promise<void> {
  const checks = await verifySystem({
    url: values.url,
    token: tokenOf(values['token-file']),
    ca: values['tls-ca'] === '' ? null : readFileSync(values['tls-ca'], 'utf8'),
    workers: countOf(values.workers),
  });
  console.log(values.json ? JSON.stringify(checks, null, 2) : report(checks));
  process.exitCode = checks.every(({ isPassed }) => isPassed) ? 0 : 1;
}

function tokenOf(file: string | undefined): string | null {
  const { MOTES_TOKEN: token = '', MOTES_TOKEN_FILE: tokenFile = '' } = process.env;
  return readToken(file === undefined ? { token, tokenFile } : { tokenFile: file });
}

function countOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new Error(`--workers should be a number from 1 to 9999, not "${text}"`);
}

function report(checks: readonly Check[]): string {
  const columns = [
    { head: 'where', cell: ({ where }: Check) => where },
    { head: 'check', cell: ({ what }: Check) => what },
    { head: 'result', cell: ({ isPassed }: Check) => (isPassed ? 'pass' : 'FAIL') },
    { head: 'found', cell: ({ found, remedy }: Check) => (remedy === '' ? found : `${found} - ${remedy}`) },
  ];
  const failures = checks.filter(({ isPassed }) => !isPassed).length;
  const sum = failures === 0 ? 'the system is sound' : `${failures} of ${checks.length} checks failed`;
  return `${renderTable(columns, checks, process.stdout)}\n\n${sum}`;
}
