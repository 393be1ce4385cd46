import type { Command } from 'commander';
import { type WorkerFlags, workerOptions } from '../../worker/options.ts';
import { become } from '../become.ts';
import { requireBuild } from '../build-check.ts';
import type { CliContext } from '../context.ts';
import { workerProgram } from '../role-scripts.ts';

/**
 * `motes worker`: its options are checked here; then this process becomes the worker's own program, under Node's
 * permission model, which can only be had from the start.
 * @param args what follows the command's name
 */
export function workerCommand(context: CliContext, args: readonly string[]): Command {
  return workerOptions().action(async ({ tokenFile, tlsCert, tlsKey, tlsCa }: WorkerFlags) => {
    requireBuild();
    const { script, nodeArgs } = workerProgram([tokenFile, tlsCert, tlsKey, tlsCa]);
    context.exit(await become(script, nodeArgs, args));
  });
}
