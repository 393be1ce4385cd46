import { ConfigurationError } from './configuration.ts';

/** A word of a line, and where it begins. */
export interface Word {
  readonly text: string;
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** So many particles at most: a file of them would not fit into memory before that. */
const MOST_PARTICLES = 10_000_000;

/** The lines of a text, without line ends of either kind; blank ones at the end are left out. */
export function linesOf(text: string): string[] {
  return text.trimEnd().split(/\r?\n/);
}

/** The words of a line that stands at `line`, counted from 1. */
export function wordsOf(text: string, line: number): Word[] {
  return [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], line, column: match.index + 1 }));
}

/** @throws ConfigurationError where the word is no finite number */
export function numberOf(word: Word, what: string): number {
  const value = Number(word.text);
  if (Number.isFinite(value)) return value;
  throw new ConfigurationError(
    word.line,
    word.column,
    `${what} must be a finite number (given "${shortened(word.text)}")`,
  );
}

/** @throws ConfigurationError where the word is no number of particles */
export function particlesOf(word: Word | undefined, line: number): number {
  const message = `here must stand the number of particles, from 1 to ${MOST_PARTICLES}`;
  if (!word) throw new ConfigurationError(line, 1, message);
  const count = Number(word.text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_PARTICLES) return count;
  throw new ConfigurationError(line, word.column, `${message} (given "${shortened(word.text)}")`);
}

/** @throws ConfigurationError where the file has fewer or more lines of particles than it says, from the third on */
export function checkCount(lines: readonly string[], count: number): void {
  const found = lines.length - 2;
  if (found === count) return;
  const line = found < count ? lines.length + 1 : count + 3;
  const hint = found > count ? ' - of a file with several frames, give one' : '';
  throw new ConfigurationError(line, 1, `${count} particles are announced, ${found} lines follow${hint}`);
}

/** @throws ConfigurationError unless the line has so many words */
export function checkWidth(words: readonly Word[], line: number, width: number, what: string): void {
  if (words.length === width) return;
  throw new ConfigurationError(line, words[width]?.column ?? 1, `${what} (${words.length} words are here)`);
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
