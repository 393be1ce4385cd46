import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pino, { type Logger, type StreamEntry } from 'pino';
import pretty from 'pino-pretty';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * A logger to standard error: pretty on a terminal, JSON lines when piped; and to a file, where one is named.
 * Writing is synchronous, so that the last line before an exit is there.
 */
export function createLogger(options: { name: string; level: LogLevel; file?: string; isTerminal: boolean }): Logger {
  const level = options.level === 'silent' ? 'fatal' : options.level;
  const terminal = options.isTerminal
    ? pretty({ destination: 2, sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname,name', colorize: true })
    : pino.destination({ dest: 2, sync: true });
  const streams: StreamEntry[] = [{ level, stream: terminal }];
  if (options.file !== undefined) {
    mkdirSync(dirname(options.file), { recursive: true });
    streams.push({ level, stream: pino.destination({ dest: options.file, sync: true, append: true }) });
  }
  const base = { name: options.name };
  return pino({ level: options.level, base, timestamp: pino.stdTimeFunctions.isoTime }, pino.multistream(streams));
}
