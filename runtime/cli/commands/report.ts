/** `motes report`: a run as one HTML file, to mail or to keep. */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import manifest from '../../../package.json' with { type: 'json' };
import type { Client } from '../../client/client.ts';
import type { CliContext } from '../context.ts';
import { CommandError } from '../failure.ts';
import { formatBytes } from '../format.ts';
import { addClientOptions, addExamples, type ClientFlags, withClient } from '../options.ts';
import { gatherReport } from '../report/gather.ts';
import { renderReport } from '../report/report.ts';
import { type OutputStream, writeJson, writeLine } from '../terminal.ts';

interface ReportFlags extends ClientFlags {
  readonly output?: string;
  readonly x?: string;
  readonly y?: string;
  readonly field?: string;
}

/** `motes report`. */
export function reportCommand({ terminal: { stdout, stderr } }: CliContext): Command {
  const command = new Command('report')
    .description('Writes a run as one HTML file: what it was, what failed and why, its results over its parameters.')
    .argument('[run]', 'the run', 'newest')
    .option('-o, --output <file>', 'where to write it; - is the standard output (default: RUN.html, here)')
    .option('--field <name>', 'the number to show: result.averages.press.mean, say')
    .option('--x <parameter>', 'over which parameter')
    .option('--y <parameter>', 'and over which second one; none for no second one')
    .action((run: string, flags: ReportFlags) =>
      withClient(flags, (client) => writeReport(client, run, flags, stdout, stderr)),
    );
  return addExamples(addClientOptions(command), {
    'motes report': "the newest run's, as RUN.html",
    'motes report sweep -o sweep.html': 'of a run by its id',
    'motes report --x density --y temperature --field result.averages.press.mean': 'with this heat map',
  });
}

async function writeReport(
  client: Client,
  run: string,
  flags: ReportFlags,
  stdout: OutputStream,
  stderr: OutputStream,
): Promise<void> {
  const { x = '', y = '', field = '' } = flags;
  const report = await gatherReport(client, run, { x, y, field });
  const text = renderReport(report, { version: manifest.version, at: Date.now() });
  if (flags.output === '-') {
    stdout.write(text);
    return;
  }
  const path = flags.output ?? `${report.summary.run.run_id}.html`;
  // What is here already is not overwritten unasked.
  await writeFile(path, text, { flag: flags.output === undefined ? 'wx' : 'w' }).catch((cause) => {
    throw new CommandError(`cannot write ${path}: ${cause.code} - say where with --output`);
  });
  const bytes = Buffer.byteLength(text);
  if (flags.json) writeJson(stdout, { run_id: report.summary.run.run_id, path, bytes });
  else writeLine(stderr, `${path}: ${formatBytes(bytes)}`);
}
