/** Whether a worker takes work: what `GET /readyz` looks at. */
import type { HealthCheck } from '../http/health.ts';
import type { Host } from './host.ts';

export function readinessChecks({ invocations, pool, outbox }: Host): HealthCheck[] {
  return [
    { name: 'self_test', fault: () => invocations.fault },
    { name: 'slots', fault: () => (pool.isUp ? null : 'the function threads die as they start - see the log') },
    { name: 'outbox', fault: () => (outbox.isFull(invocations.unfinished) ? 'it is full: nobody collects it' : null) },
    { name: 'accepting', fault: () => (invocations.draining ? 'it drains and takes no more work' : null) },
  ];
}
