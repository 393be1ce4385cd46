/**
 * Extended XYZ, which OVITO, ASE and VMD read: the number of particles, a line of `key=value` pairs, then a line for
 * each particle, as `Properties` says. Numbers are written so that reading them gives the same bits.
 */
import type { Frame } from '../../runtime/function/frame.ts';
import { type Configuration, ConfigurationError, type Vector } from './configuration.ts';
import { checkCount, checkWidth, linesOf, numberOf, particlesOf, type Word, wordsOf } from './lines.ts';

/** Particles whose lines are put together at once: a frame of millions is no single text. */
const PARTICLES_A_BLOCK = 4096;

/** Particles are of no chemical element: `X`, as ASE has it. */
const SPECIES = 'X';

/** A frame as text, in blocks of whole lines. */
export function* writeXyz(frame: Frame): Generator<string> {
  const { positions, velocities, dimensions } = frame;
  const count = positions.length / dimensions;
  yield `${count}\n${headOf(frame)}\n`;
  for (let first = 0; first < count; first += PARTICLES_A_BLOCK) {
    let block = '';
    for (let i = first; i < Math.min(first + PARTICLES_A_BLOCK, count); i++) {
      const velocity = velocities ? ` ${vectorOf(velocities, i, dimensions)}` : '';
      block += `${SPECIES} ${vectorOf(positions, i, dimensions)}${velocity}\n`;
    }
    yield block;
  }
}

function headOf({ box, periodic, velocities, step, time }: Frame): string {
  const lattice = box ? `Lattice="${box[0]} 0 0 0 ${box[1]} 0 0 0 ${box[2]}" ` : '';
  const properties = `species:S:1:pos:R:3${velocities ? ':velo:R:3' : ''}`;
  const pbc = periodic.map((repeats) => (repeats ? 'T' : 'F')).join(' ');
  return `${lattice}Properties=${properties} pbc="${pbc}" Step=${step} Time=${time}`;
}

/** Three coordinates; those that a particle does not have are 0. */
function vectorOf(column: Float64Array, i: number, dimensions: number): string {
  const start = i * dimensions;
  const [y, z] = [dimensions > 1 ? column[start + 1]! : 0, dimensions > 2 ? column[start + 2]! : 0];
  return `${column[start]!} ${y} ${z}`;
}

/**
 * Reads one frame. It needs a `Lattice` with right angles, and `Properties` with `pos:R:3`; `velo:R:3` is taken where
 * it is there, other columns are passed over.
 * @throws ConfigurationError with line and column
 */
export function readXyz(text: string): Configuration {
  const lines = linesOf(text);
  const count = particlesOf(wordsOf(lines[0]!, 1)[0], 1);
  const pairs = readPairs(lines[1] ?? '');
  const box = readLattice(pairs.get('lattice'));
  const columns = readProperties(pairs.get('properties'));
  checkCount(lines, count);
  const positions = new Float64Array(3 * count);
  const velocities = columns.velocity === null ? null : new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    const words = wordsOf(lines[i + 2]!, i + 3);
    checkWidth(words, i + 3, columns.width, `a particle has ${columns.width} columns, as Properties says`);
    for (let axis = 0; axis < 3; axis++) {
      positions[3 * i + axis] = numberOf(words[columns.position + axis]!, 'a coordinate');
      if (velocities) velocities[3 * i + axis] = numberOf(words[columns.velocity! + axis]!, 'a velocity');
    }
  }
  return { box, positions, velocities };
}

/** The `key=value` pairs of the second line, keys in small letters; a value with blanks stands in quotes. */
function readPairs(line: string): Map<string, Word> {
  const pairs = new Map<string, Word>();
  for (const match of line.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)) {
    const text = match[2] ?? match[3]!;
    pairs.set(match[1]!.toLowerCase(), { text, line: 2, column: match.index + match[0].indexOf(text) + 1 });
  }
  return pairs;
}

function readLattice(word: Word | undefined): Vector {
  if (!word) throw new ConfigurationError(2, 1, 'a Lattice="ax ay az bx by bz cx cy cz" is missing');
  const words = wordsOf(word.text, 2).map((part) => ({ ...part, column: part.column + word.column - 1 }));
  checkWidth(words, 2, 9, 'a Lattice has nine numbers');
  const numbers = words.map((part) => numberOf(part, 'an entry of Lattice'));
  for (const [index, value] of numbers.entries()) {
    const isDiagonal = index % 4 === 0;
    if (isDiagonal ? value > 0 : value === 0) continue;
    const what = isDiagonal ? 'an edge of the box must be above 0' : 'only boxes with right angles are taken';
    throw new ConfigurationError(2, words[index]!.column, `${what} (given ${words[index]!.text})`);
  }
  return [numbers[0]!, numbers[4]!, numbers[8]!];
}

/** Where the columns of positions and velocities begin, and how many columns there are. */
interface Columns {
  readonly position: number;
  readonly velocity: number | null;
  readonly width: number;
}

function readProperties(word: Word | undefined): Columns {
  if (!word) throw new ConfigurationError(2, 1, 'Properties=…:pos:R:3… is missing');
  const parts = word.text.split(':');
  const starts = new Map<string, number>();
  let width = 0;
  for (let i = 0; i < parts.length; i += 3) {
    const size = Number(parts[i + 2]);
    if (!Number.isInteger(size) || size < 1)
      throw new ConfigurationError(
        2,
        word.column,
        `Properties must be triples of name:type:columns (given "${word.text}")`,
      );
    if (size === 3 && parts[i + 1] === 'R') starts.set(parts[i]!, width);
    width += size;
  }
  const position = starts.get('pos');
  if (position === undefined) throw new ConfigurationError(2, word.column, 'Properties must have pos:R:3');
  return { position, velocity: starts.get('velo') ?? starts.get('vel') ?? null, width };
}
