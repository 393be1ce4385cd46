/** `motes selftest`: whether this machine computes the bits and the physics that it should. */
import { Command } from 'commander';
import { selfTests } from '../../../functions/self-tests.ts';
import { createFunctionHost, readyInTime } from '../../worker/function-host.ts';
import { runSelfTests, type SelfTestVerdict } from '../../worker/self-test.ts';
import { requireBuild } from '../build-check.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../failure.ts';
import { counted, styled } from '../format.ts';
import { addExamples, jsonOption } from '../options.ts';
import { type Column, renderTable } from '../table.ts';
import { type OutputStream, writeJson, writeLine } from '../terminal.ts';

const SLOT_MEMORY_BYTES = 1024 ** 3;

export function selftestCommand({ terminal: { stdout, stderr }, exit }: CliContext): Command {
  const command = new Command('selftest')
    .description(
      'Runs small simulations with known answers here: digests that are the same on every machine, and energies that ' +
        'NIST publishes. Every worker does so as it starts, and takes no work if one fails.',
    )
    .addOption(jsonOption())
    .action(async ({ json }: { readonly json?: boolean }) => {
      requireBuild();
      const verdicts = await runHere((message) => writeLine(stderr, message));
      const failed = verdicts.filter(({ fault }) => fault !== null).length;
      if (json) writeJson(stdout, { passed: verdicts.length - failed, failed, tests: verdicts });
      else writeLine(stdout, render(verdicts, failed, stdout));
      exit(failed === 0 ? EXIT.succeeded : EXIT.failed);
    });
  return addExamples(command, {
    'motes selftest': 'a table of what passed',
    'motes selftest --json': 'the same for a program',
  });
}

async function runHere(warn: (message: string) => void): Promise<SelfTestVerdict[]> {
  const host = createFunctionHost({
    ...{ slots: 1, slotMemoryBytes: SLOT_MEMORY_BYTES, checkpointIntervalMs: Number.POSITIVE_INFINITY },
    onLog: (_invocation, level, message) => level === 'error' && warn(message),
  });
  try {
    await readyInTime(host);
    return await runSelfTests(host, selfTests);
  } finally {
    await host.close();
  }
}

function render(verdicts: readonly SelfTestVerdict[], failed: number, stream: OutputStream): string {
  const columns: Column<SelfTestVerdict>[] = [
    { head: 'test', cell: ({ name }) => name },
    { head: 'function', cell: ({ type }) => type },
    {
      head: 'verdict',
      cell: ({ fault }) => (fault === null ? styled(stream, 'green', 'passed') : styled(stream, 'red', fault)),
    },
  ];
  const end =
    failed === 0 ? 'all passed' : `${counted(failed, 'test')} failed: this machine must not compute for others`;
  return `${renderTable(columns, verdicts, stream)}\n\n${end}`;
}
