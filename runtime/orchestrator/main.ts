/** The orchestrator as a process: options, the socket, signals, the exit. */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import packageJson from '../../package.json' with { type: 'json' };
import { requireTokenBeyondLoopback } from '../http/guard.ts';
import { type Listening, listen } from '../http/serve.ts';
import { endOfProcess } from '../process/end-of-process.ts';
import { createLogger } from '../process/logger.ts';
import { readToken } from '../process/token.ts';
import { assembleOrchestrator, type Orchestrator } from './assemble.ts';
import { readNetwork } from './network.ts';
import { DEFAULT_NETWORK_FILE, defineOrchestratorCommand, type OrchestratorFlags } from './options.ts';

/** The command line of the role. */
export function orchestratorCommand(): Command {
  return defineOrchestratorCommand().action((flags: OrchestratorFlags) => runOrchestrator(flags));
}

/** Serves until it is told to end; a failure to start is a message and exit code 1. */
async function runOrchestrator(flags: OrchestratorFlags): Promise<void> {
  const file = join(flags.data, 'logs', 'orchestrator.log');
  const logger = createLogger({
    name: 'orchestrator',
    level: flags.logLevel,
    file,
    isTerminal: process.stderr.isTTY === true,
  });
  try {
    const { orchestrator, server } = await open(flags, logger);
    logger.info(`orchestrator ready at ${server.url}`);
    process.send?.({ event: 'ready', url: server.url, port: server.port });
    const reason = await Promise.race([endOfProcess(process), orchestrator.failed]);
    if (reason instanceof Error) {
      // Nothing is known any more: no further answer, no tidy end. The truth is what the file holds at the next start.
      logger.fatal(
        `the ledger failed: ${reason.message} - nothing more is accepted; start again to go on from what is on disk`,
      );
      process.exit(1);
    }
    logger.info(`stopping: ${reason}`);
    await server.close();
    await orchestrator.stop();
    process.exit(0);
  } catch (error) {
    logger.fatal((error as Error).message);
    process.exit(1);
  }
}

/** @throws Error or Problem saying what is wrong: the token, the network file, the ledger, the port */
async function open(
  flags: OrchestratorFlags,
  logger: Logger,
): Promise<{ orchestrator: Orchestrator; server: Listening }> {
  const token = readToken(flags);
  requireTokenBeyondLoopback(flags.host, token, flags.auth);
  const isDefault = flags.network === DEFAULT_NETWORK_FILE;
  const network = readNetwork(flags.network === 'none' ? null : { path: flags.network, isDefault }, process.env);
  const orchestrator = await assembleOrchestrator({ flags, token, network, logger, version: packageJson.version });
  try {
    const server = await listen(orchestrator.app, flags);
    await orchestrator.start();
    return { orchestrator, server };
  } catch (error) {
    await orchestrator.stop();
    throw error;
  }
}

if (import.meta.main) await orchestratorCommand().parseAsync();
