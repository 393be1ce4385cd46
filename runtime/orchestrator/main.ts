/** The orchestrator as a process: options, the socket, signals, the exit. */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import packageJson from '../../package.json' with { type: 'json' };
import { type Listening, listen } from '../http/serve.ts';
import { type Access, readAccess } from '../process/access.ts';
import { endOfProcess } from '../process/end-of-process.ts';
import { createLogger, logSetting } from '../process/logger.ts';
import { assembleOrchestrator, type Orchestrator } from './assemble.ts';
import { type NetworkWorker, readNetwork } from './fleet/network.ts';
import { DEFAULT_NETWORK_FILE, defineOrchestratorCommand, type OrchestratorFlags } from './options.ts';

/** The command line of the role. */
export function orchestratorCommand(): Command {
  const command = defineOrchestratorCommand();
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  return command.action((flags: OrchestratorFlags) => {
    const setting = checkFlags(flags, (message) => command.error(`error: ${message}`));
    return runOrchestrator(flags, setting);
  });
}

interface CheckedSetting extends Access {
  readonly network: readonly NetworkWorker[];
}

/** What the flags lead to: the token for this address, TLS, the workers of the network file; a wrong one is refused. */
function checkFlags(flags: OrchestratorFlags, refuse: (message: string) => never): CheckedSetting {
  try {
    const access = readAccess(flags);
    const isDefault = flags.network === DEFAULT_NETWORK_FILE;
    const network = readNetwork(flags.network === 'none' ? null : { path: flags.network, isDefault }, process.env);
    return { ...access, network };
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** Serves until it is told to end; a failure to start is a message and exit code 1. */
async function runOrchestrator(flags: OrchestratorFlags, setting: CheckedSetting): Promise<void> {
  const file = join(flags.data, 'logs', 'orchestrator.log');
  const logger = createLogger({ name: 'orchestrator', file, ...logSetting(flags, process.stderr) });
  // Listened for from the start: a signal that comes just when others learn that it is ready must not kill it.
  const end = endOfProcess(process);
  try {
    const { orchestrator, server } = await open(flags, setting, logger);
    logger.info(`orchestrator ready at ${server.url}`);
    process.send?.({ event: 'ready', url: server.url, port: server.port });
    const reason = await Promise.race([end, orchestrator.failed]);
    if (reason instanceof Error) {
      // Nothing is known any more: no further answer, no tidy end. The truth is what the file holds at the next start.
      logger.fatal(`the ledger failed, so nothing more is accepted; what was accepted is on disk: ${reason.message}`);
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

/** @throws Error saying what is wrong: the ledger, the build, the port */
async function open(
  flags: OrchestratorFlags,
  setting: CheckedSetting,
  logger: Logger,
): Promise<{ orchestrator: Orchestrator; server: Listening }> {
  const orchestrator = await assembleOrchestrator({ flags, ...setting, logger, version: packageJson.version });
  try {
    const server = await listen(orchestrator.app, { ...flags, tls: setting.tls });
    await orchestrator.start();
    return { orchestrator, server };
  } catch (error) {
    await orchestrator.stop();
    throw error;
  }
}

if (import.meta.main) await orchestratorCommand().parseAsync();
