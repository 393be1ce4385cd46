/** What must hold in a ledger's file that nobody has open. */
import { DatabaseSync } from 'node:sqlite';

/** Statements that should find nothing, by what they look for. */
const FAULTS = {
  'a counter of a run that differs from its tasks': `
    SELECT runs.id FROM runs WHERE
      queued    != (SELECT COUNT(*) FROM tasks WHERE run = runs.key AND status = 'queued') OR
      running   != (SELECT COUNT(*) FROM tasks WHERE run = runs.key AND status = 'running') OR
      succeeded != (SELECT COUNT(*) FROM tasks WHERE run = runs.key AND status = 'succeeded') OR
      failed    != (SELECT COUNT(*) FROM tasks WHERE run = runs.key AND status = 'failed') OR
      cancelled != (SELECT COUNT(*) FROM tasks WHERE run = runs.key AND status = 'cancelled')`,
  'a running attempt of a task that does not run': `
    SELECT tasks.id FROM attempts JOIN tasks ON tasks.key = task
    WHERE attempts.status = 'running' AND tasks.status != 'running'`,
  'a running task without a running attempt': `
    SELECT id FROM tasks WHERE status = 'running'
    AND NOT EXISTS (SELECT 1 FROM attempts WHERE task = tasks.key AND attempts.status = 'running')`,
  'a succeeded task without a result': `SELECT id FROM tasks WHERE status = 'succeeded' AND result IS NULL`,
  'a checkpoint of a task that has ended': `
    SELECT tasks.id FROM checkpoints JOIN tasks ON tasks.key = task
    WHERE tasks.status IN ('succeeded', 'failed', 'cancelled')`,
  'an active run without open tasks': `SELECT id FROM runs WHERE status = 'active' AND queued + running = 0`,
  'a violated foreign key': 'PRAGMA foreign_key_check',
} as const;

/** Faults of a ledger's file, each named. */
export function inspectLedger(path: string): string[] {
  const db = new DatabaseSync(path);
  try {
    const [integrity] = db.prepare('PRAGMA integrity_check').all();
    const faults = integrity?.integrity_check === 'ok' ? [] : [`integrity_check: ${JSON.stringify(integrity)}`];
    for (const [what, statement] of Object.entries(FAULTS))
      for (const row of db.prepare(statement).all().slice(0, 3)) faults.push(`${what}: ${JSON.stringify(row)}`);
    return faults;
  } finally {
    db.close();
  }
}
