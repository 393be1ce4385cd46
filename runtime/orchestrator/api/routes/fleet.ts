/** Workers: the original's `/status`, `/workers` and `/ping_all`, registration, drain. */
import type { Hono } from 'hono';
import { readJson } from '../../../http/body.ts';
import type { DrainAnswer, PingAll, Status, Worker } from '../../../wire/orchestrator-api.ts';
import { Problem } from '../../../wire/problem.ts';
import { type RegistrationAnswer, RegistrationSchema } from '../../../wire/registration.ts';
import { describeWorker } from '../../fleet/fleet.ts';
import type { OrchestratorDependencies } from '../dependencies.ts';
import { remoteAddress } from '../remote-address.ts';
import { readTaskList } from '../task-list.ts';

const REGISTRATION_BYTES = 64 * 1024;

export function addFleetRoutes(app: Hono, deps: OrchestratorDependencies): void {
  const { fleet, ledger, dispatcher } = deps;
  app.get('/status', async (c) => {
    const { online_workers, total_workers, status: workers } = fleet.summary();
    const slots = fleet.list().reduce((sum, worker) => sum + (worker.online ? worker.slots : 0), 0);
    const [tasks_total, tasks] = await Promise.all([countTaskFile(deps), ledger.counts()]);
    return c.json({
      workers,
      total_workers,
      online_workers,
      tasks_total,
      tasks,
      slots,
      version: deps.version,
    } satisfies Status);
  });
  app.get('/workers', (c) => {
    const entries = fleet.list().map((worker) => {
      return [worker.id, describeWorker(worker, fleet.condition(worker), dispatcher.currentTasks(worker.id))] as const;
    });
    return c.json(Object.fromEntries(entries) satisfies Record<string, Worker>);
  });
  app.get('/ping_all', async (c) => c.json((await fleet.pingAll()) satisfies PingAll));
  app.post('/workers', async (c) => {
    const registration = await readJson(c, RegistrationSchema, REGISTRATION_BYTES);
    const known = fleet.get(registration.id);
    const worker = await fleet.register(registration, remoteAddress(c));
    // It is to be found again after a restart; a heartbeat changes nothing.
    const isNew = known?.url !== worker.url || worker.id !== registration.id;
    if (isNew) {
      const { id, host, port, url } = worker;
      await ledger.rememberWorker({ id, host, port, tls: url.startsWith('https:') ? 1 : 0 });
    }
    return c.json({
      id: worker.id,
      ledger_id: deps.ledgerId,
      heartbeat_ms: deps.heartbeatMs,
    } satisfies RegistrationAnswer);
  });
  app.post('/workers/:id/drain', async (c) => {
    const worker = fleet.get(c.req.param('id'));
    if (!worker)
      throw new Problem('unknown_worker', `there is no worker "${c.req.param('id')}" - GET /workers lists them`);
    await deps.transport.drain(worker);
    await fleet.ping(worker.id);
    const message = `${worker.id} takes no more tasks; what it cannot finish within its grace goes elsewhere. Started again, it is back`;
    return c.json({ message } satisfies DrainAnswer, 202);
  });
}

/** Tasks in the task file as it is now; 0 when it cannot be read. */
async function countTaskFile(deps: OrchestratorDependencies): Promise<number> {
  try {
    const file = await deps.readTaskFile();
    return readTaskList(file.text, 'yaml', file.name).entries.length;
  } catch (error) {
    if (error instanceof Problem) return 0;
    throw error;
  }
}
