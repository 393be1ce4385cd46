/** How the command line shows numbers, times and texts. */
import { type styleText as nodeStyleText, styleText } from 'node:util';
import type { OutputStream } from './terminal.ts';

type Style = Parameters<typeof nodeStyleText>[0];

/** Text in a style, where the stream is a terminal that wants colours (NO_COLOR and FORCE_COLOR are respected). */
export function styled(stream: OutputStream, style: Style, text: string): string {
  return styleText(style, text, { stream: stream as NodeJS.WriteStream, validateStream: true });
}

/** Control characters could drive the terminal, and those of writing direction show another text than is there. */
const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Bidi_Control}]/gu;

/** Text from elsewhere that cannot drive the terminal, with its line breaks. */
export function withoutControls(text: string): string {
  return text.replace(UNPRINTABLE, '\uFFFD');
}

/** Text from elsewhere on one line, which cannot drive the terminal. */
export function printable(text: string): string {
  return withoutControls(text.replace(/\s+/g, ' '));
}

/** At most `length` characters. */
export function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** Seconds as `0.123 s`, `4.56 s`, `2 min 03 s` or `1 h 02 min`; blank for null. */
export function formatSeconds(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '';
  if (seconds < 1) return `${seconds.toFixed(3)} s`;
  if (seconds < 59.995) return `${seconds.toFixed(2)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}

const PREFIXES = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** A rate as `12.3 k steps/s`; blank for what is no number. */
export function formatRate(perSecond: unknown, unit: string): string {
  if (typeof perSecond !== 'number' || !Number.isFinite(perSecond)) return '';
  const [size, prefix] = PREFIXES.find(([least]) => perSecond >= least) ?? [1, ''];
  return `${(perSecond / size).toPrecision(3)} ${prefix}${prefix && ' '}${unit}`;
}

/** Bytes as `512 B`, `4.0 KiB`, `1.2 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const power = Math.min(4, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${'KMGT'[power - 1]}iB`;
}

/** How long ago, as `3 s ago`; `never` for null. */
export function formatAgo(secondsSince1970: number | null, nowMs: number): string {
  if (secondsSince1970 === null) return 'never';
  const seconds = Math.max(0, nowMs / 1000 - secondsSince1970);
  return seconds < 1 ? 'now' : `${formatSeconds(Math.round(seconds)).replace('.00', '')} ago`;
}

/** Local time as `10:30:05`. */
export function formatClock(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':');
}

/** `1 task`, `2 tasks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Two digits at least. */
export function pad(value: number): string {
  return String(value).padStart(2, '0');
}
