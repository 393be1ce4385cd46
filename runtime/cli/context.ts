import type { SignalSource } from './interruption.ts';
import type { Terminal } from './terminal.ts';

/** What every command gets: the world, and where to leave its exit code. */
export interface CliContext {
  readonly terminal: Terminal;
  readonly signals: SignalSource;
  readonly env: NodeJS.ProcessEnv;
  /** The command's exit code; 0 where it is not called. */
  exit(code: number): void;
}
