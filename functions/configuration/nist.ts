/** Configurations as NIST's Standard Reference Simulation Website writes them. */
import { type Configuration, ConfigurationError, type Vector } from './configuration.ts';
import { checkCount, checkWidth, linesOf, numberOf, particlesOf, type Word, wordsOf } from './lines.ts';

/**
 * Reads a configuration: the box's three edges on the first line, the number of particles on the second, then a line
 * `id x y z` each. Ids must count from 1.
 * @throws ConfigurationError with line and column
 */
export function readNist(text: string): Configuration {
  const lines = linesOf(text);
  const box = readBox(lines[0]!);
  const count = particlesOf(wordsOf(lines[1] ?? '', 2)[0], 2);
  checkCount(lines, count);
  const positions = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    const words = wordsOf(lines[i + 2]!, i + 3);
    checkWidth(words, i + 3, 4, 'a particle is: id x y z');
    checkId(words[0]!, i + 1);
    for (let axis = 0; axis < 3; axis++) positions[3 * i + axis] = numberOf(words[axis + 1]!, 'a coordinate');
  }
  return { box, positions, velocities: null };
}

function readBox(line: string): Vector {
  const words = wordsOf(line, 1);
  checkWidth(words, 1, 3, 'the first line must be the three edges of the box');
  return words.map(edgeOf) as unknown as Vector;
}

function edgeOf(word: Word): number {
  const edge = numberOf(word, 'an edge of the box');
  if (edge > 0) return edge;
  throw new ConfigurationError(word.line, word.column, `an edge of the box must be above 0 (given ${word.text})`);
}

function checkId(word: Word, expected: number): void {
  if (Number(word.text) === expected) return;
  throw new ConfigurationError(
    word.line,
    word.column,
    `the particle ${expected} must stand here (given "${word.text}")`,
  );
}
