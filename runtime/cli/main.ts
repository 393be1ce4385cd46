import { runCli } from './program.ts';

/** The command `motes`: reads the process's arguments, and ends it with the command's exit code. */
export async function main(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endQuietlyOnClosedPipe);
  process.exitCode = await runCli(process.argv.slice(2), {
    terminal: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    signals: process,
    env: process.env,
  });
}

/** `motes tasks | head` closes the pipe: that is no failure of ours. */
function endQuietlyOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit();
  throw error;
}

if (import.meta.main) await main();
