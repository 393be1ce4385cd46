import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pino, { type Logger, type StreamEntry } from 'pino';
import pretty from 'pino-pretty';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ['auto', 'text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** How a process logs. */
export interface LogSetting {
  readonly level: LogLevel;
  /** Lines for people, rather than JSON. */
  readonly isText: boolean;
  readonly isColored: boolean;
}

/** What the flags ask for; by itself a terminal gets text in colours, and everything else JSON. */
export function logSetting(
  flags: { readonly logLevel: LogLevel; readonly logFormat: LogFormat },
  stream: { readonly isTTY?: boolean },
): LogSetting {
  const isTerminal = stream.isTTY === true;
  const isText = flags.logFormat === 'auto' ? isTerminal : flags.logFormat === 'text';
  return { level: flags.logLevel, isText, isColored: isText && isTerminal };
}

/** Times and messages, with what they are about on the same line. */
const TEXT = {
  destination: 2,
  sync: true,
  translateTime: 'SYS:HH:MM:ss',
  ignore: 'pid,hostname,name',
  singleLine: true,
};

/**
 * A logger to standard error, and to a file of JSON lines, where one is named.
 * Writing is synchronous, so that the last line before an exit is there.
 */
export function createLogger(options: LogSetting & { name: string; file?: string }): Logger {
  const level = options.level === 'silent' ? 'fatal' : options.level;
  const terminal = options.isText
    ? withoutControls(pretty({ ...TEXT, colorize: options.isColored }))
    : pino.destination({ dest: 2, sync: true });
  const streams: StreamEntry[] = [{ level, stream: terminal }];
  const base = { name: options.name };
  const pinoOptions = { level: options.level, base, timestamp: pino.stdTimeFunctions.isoTime };
  if (options.file === undefined) return pino(pinoOptions, pino.multistream(streams));
  const file = new LogFile(options.file);
  const logger = pino(pinoOptions, pino.multistream([...streams, { level, stream: file }]));
  file.onLost((why) => logger.warn(`nothing more is written to ${options.file}: ${why}`));
  return logger;
}

/** Escapes of control characters in a line of JSON, and pairs of backslashes, after which no escape begins. */
const CONTROLS_IN_LINE = /\\\\|\\[bfr]|\\u00(?:0[0-8bcef]|1[\da-f])|(?!\n)\p{Cc}/giu;

/** Hands lines on without what could drive the terminal once they are text: much of a log comes from elsewhere. */
function withoutControls(stream: { write(line: string): unknown }): { write(line: string): void } {
  return {
    write(line) {
      stream.write(line.replace(CONTROLS_IN_LINE, (found) => (found === '\\\\' ? found : '\uFFFD')));
    },
  };
}

/** A log file. A disk that is full or read-only must not end the process with it: then the terminal alone has the log. */
class LogFile {
  #file: ReturnType<typeof pino.destination> | null = null;
  #why: string | null = null;
  #tell: ((why: string) => void) | null = null;

  constructor(path: string) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#file = pino.destination({ dest: path, sync: true, append: true });
      this.#file.on('error', (error) => this.#lose(error));
    } catch (error) {
      this.#lose(error as Error);
    }
  }

  /** Is called once, now or later, if the file cannot be written. */
  onLost(tell: (why: string) => void): void {
    this.#tell = tell;
    if (this.#why !== null) tell(this.#why);
  }

  write(line: string): void {
    this.#file?.write(line);
  }

  #lose({ message }: Error): void {
    if (this.#why !== null) return;
    this.#why = message;
    this.#file?.destroy();
    this.#file = null;
    this.#tell?.(message);
  }
}
