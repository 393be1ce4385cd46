/** Our side: tasks run by `motes run`, as a user runs them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LennardJonesResult } from '../../../functions/lennard_jones/declaration.ts';
import { run } from '../../../scripts/docker/run.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/motes.js', import.meta.url));

/** What a task came to. */
export interface Ours {
  readonly result: LennardJonesResult;
  /** Every `trajectory_every`th step, as text. */
  frames(): Map<number, string>;
}

/** Runs tasks of `lennard_jones`, given as parameters by id, in a folder where the files are that they name. */
export function runOurs(folder: string, tasks: Readonly<Record<string, object>>): Map<string, Ours> {
  mkdirSync(folder, { recursive: true });
  const list = Object.entries(tasks).map(([id, parameters]) => ({ id, type: 'lennard_jones', parameters }));
  writeFileSync(join(folder, 'tasks.yaml'), JSON.stringify({ tasks: list }));
  const outcome = JSON.parse(run(process.execPath, [PROGRAM, 'run', 'tasks.yaml', '--json'], { cwd: folder }));
  return new Map(
    outcome.tasks.map(({ id, result }: { id: string; result: LennardJonesResult }): [string, Ours] => {
      const path = join(folder, 'results', 'artifacts', outcome.run_id, id, 'trajectory.xyz');
      return [id, { result, frames: () => framesOf(readFileSync(path, 'utf8')) }];
    }),
  );
}

function framesOf(trajectory: string): Map<number, string> {
  const lines = trajectory.trimEnd().split('\n');
  const frames = new Map<number, string>();
  for (let at = 0; at < lines.length; ) {
    const end = at + Number(lines[at]) + 2;
    const step = /\bStep=(\d+)/.exec(lines[at + 1]!)![1];
    frames.set(Number(step), lines.slice(at, end).join('\n'));
    at = end;
  }
  return frames;
}
