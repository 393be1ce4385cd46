/** Words, numbers and times in the language of the browser: Spanish where it prefers that, else English. */
import { en } from './en.ts';
import { es } from './es.ts';

export type TextName = keyof typeof en;

export const language: 'en' | 'es' = preferred(navigator.languages);
const texts: Readonly<Record<TextName, string>> = language === 'es' ? es : en;

/** The first of a reader's languages that the page speaks. */
function preferred(languages: readonly string[]): 'en' | 'es' {
  const known = languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((code) => code === 'en' || code === 'es');
  return known === 'es' ? 'es' : 'en';
}

/** A text with its values filled in. */
export function t(name: TextName, values: Readonly<Record<string, string | number>> = {}): string {
  return texts[name].replace(/\{(\w+)\}/g, (whole, key: string) => String(values[key] ?? whole));
}

/** A status, condition or the like in words; as it is where there are none. */
export function word(kind: 'status' | 'counts' | 'condition', value: string): string {
  const name = `${kind}.${value}`;
  return name in texts ? texts[name as TextName] : value;
}

const whole = new Intl.NumberFormat(language);
const digits = new Intl.NumberFormat(language, { maximumSignificantDigits: 6 });

/** A count. */
export function count(value: number): string {
  return whole.format(value);
}

/** A quantity, to six digits; very large and very small ones with a power of ten. */
export function quantity(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return value.toExponential(4).replace('e+', 'e');
  return digits.format(value);
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size, to two or three digits. */
export function bytes(value: number): string {
  const power = Math.max(0, Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(value) / 10)));
  const amount = value / 1024 ** power;
  return `${digits.format(Number(amount.toPrecision(amount < 100 ? 2 : 4)))} ${BYTE_UNITS[power]}`;
}

/** A span of time, roughly. */
export function span(seconds: number): string {
  if (seconds < 1) return `${Math.max(0, Math.round(seconds * 1000))} ms`;
  if (seconds < 90) return `${digits.format(seconds < 10 ? Number(seconds.toPrecision(2)) : Math.round(seconds))} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${digits.format(Number((seconds / 3_600).toPrecision(2)))} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** How long ago something was. */
export function ago(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 5) return t('ago.now');
  if (seconds < 90) return t('ago.seconds', { n: Math.round(seconds) });
  if (seconds < 5_400) return t('ago.minutes', { n: Math.round(seconds / 60) });
  if (seconds < 172_800) return t('ago.hours', { n: Math.round(seconds / 3_600) });
  return t('ago.days', { n: Math.round(seconds / 86_400) });
}

const clock = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium' });

/** A moment, in the reader's time zone. */
export function moment(ms: number): string {
  return clock.format(ms);
}
