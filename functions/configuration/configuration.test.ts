import { describe, expect, test } from 'vitest';
import type { Frame } from '../../runtime/function/frame.ts';
import { type Configuration, ConfigurationError } from './configuration.ts';
import { readXyz, writeXyz } from './extended-xyz.ts';
import { readNist } from './nist.ts';

const NIST = '8.0 9.0 10.0\n2\n1 1.077169909511E+00 -1.0 -1.348259447733E+00\n2 0.5 0 -4\n';

/** Numbers whose shortest decimal forms are awkward. */
const FRAME: Frame = {
  ...{ step: 200, time: 0.8, box: [8, 9, 10.5], periodic: [true, true, true], dimensions: 3 },
  positions: new Float64Array([0.1 + 0.2, -1e-300, 12345.678901234567, 1 / 3, -0, 5e-324]),
  velocities: new Float64Array([Math.SQRT2, -2, 1e21, 0, 1, 2]),
};

const textOf = (frame: Frame) => [...writeXyz(frame)].join('');

function refusal(read: (text: string) => Configuration, text: string): ConfigurationError {
  try {
    read(text);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return error as ConfigurationError;
  }
  throw new Error('it was taken');
}

describe('the NIST layout', () => {
  test('gives box and positions; the line ends of Windows are the same', () => {
    const expected = {
      box: [8, 9, 10],
      positions: new Float64Array([1.077169909511, -1, -1.348259447733, 0.5, 0, -4]),
      velocities: null,
    };
    expect(readNist(NIST)).toEqual(expected);
    expect(readNist(NIST.replaceAll('\n', '\r\n'))).toEqual(expected);
  });

  test.each([
    { name: 'nothing', text: '', at: [1, 1], says: 'edges' },
    { name: 'an edge too few', text: '8 8\n1\n1 0 0 0', at: [1, 1], says: 'three edges' },
    { name: 'a box without extent', text: '8 0 8\n1\n1 0 0 0', at: [1, 3], says: 'above 0' },
    { name: 'no count', text: '8 8 8\n', at: [2, 1], says: 'number of particles' },
    { name: 'a count that is none', text: '8 8 8\n  two\n1 0 0 0', at: [2, 3], says: '"two"' },
    {
      name: 'too few lines',
      text: '8 8 8\n3\n1 0 0 0\n2 0 0 1',
      at: [5, 1],
      says: '3 particles are announced, 2 lines',
    },
    {
      name: 'too many lines',
      text: '8 8 8\n1\n1 0 0 0\n2 0 0 1',
      at: [4, 1],
      says: '1 particles are announced, 2 lines',
    },
    { name: 'a NaN', text: '8 8 8\n2\n1 0 0 0\n2 0 nan 1', at: [4, 5], says: 'finite number (given "nan")' },
    { name: 'an infinity', text: '8 8 8\n1\n1 0 0 Infinity', at: [3, 7], says: 'finite' },
    { name: 'a coordinate too few', text: '8 8 8\n1\n1 0 0', at: [3, 1], says: 'id x y z' },
    { name: 'a wrong id', text: '8 8 8\n2\n1 0 0 0\n3 0 0 1', at: [4, 1], says: 'particle 2' },
  ])('refuses $name, with line and column', ({ text, at, says }) => {
    const { line, column, message } = refusal(readNist, text);
    expect([line, column]).toEqual(at);
    expect(message).toContain(says);
  });
});

describe('extended XYZ', () => {
  test('is written with lattice, properties, step and time', () => {
    expect(textOf(FRAME).split('\n').slice(0, 2)).toEqual([
      '2',
      'Lattice="8 0 0 0 9 0 0 0 10.5" Properties=species:S:1:pos:R:3:velo:R:3 pbc="T T T" Step=200 Time=0.8',
    ]);
  });

  test('a flat frame lies at z = 0', () => {
    const flat: Frame = {
      ...{ ...FRAME, dimensions: 2, periodic: [false, false, false] },
      ...{ positions: new Float64Array([1, 2]), velocities: new Float64Array([3, 4]) },
    };
    expect(textOf(flat).split('\n').at(2)).toBe('X 1 2 0 3 4 0');
  });

  test('particles in free space, on a line and without inertia, have no more than they have', () => {
    const bare: Frame = { ...FRAME, box: null, dimensions: 1, positions: new Float64Array([0.5]), velocities: null };
    expect(textOf(bare)).toBe('1\nProperties=species:S:1:pos:R:3 pbc="T T T" Step=200 Time=0.8\nX 0.5 0 0\n');
  });

  test('what was written is read again, bit for bit', () => {
    const { box, positions, velocities } = readXyz(textOf(FRAME));
    expect(box).toEqual(FRAME.box);
    // A minus before zero is not written.
    expect([...positions].map((x) => x + 0)).toEqual([...FRAME.positions].map((x) => x + 0));
    expect(velocities).toEqual(FRAME.velocities);
  });

  test('columns may stand in any order, and need no velocities', () => {
    const text = '1\nProperties=id:I:1:pos:R:3:tag:S:1 Lattice="4 0 0 0 4 0 0 0 4"\n7 1 2 3 x\n';
    expect(readXyz(text)).toEqual({ box: [4, 4, 4], positions: new Float64Array([1, 2, 3]), velocities: null });
  });

  const LATTICE = 'Lattice="4 0 0 0 4 0 0 0 4"';
  test.each([
    { name: 'no count', text: 'x\n', at: [1, 1], says: 'number of particles' },
    { name: 'no lattice', text: '1\nProperties=pos:R:3\n0 0 0', at: [2, 1], says: 'Lattice' },
    { name: 'a short lattice', text: '1\nLattice="4 4 4" Properties=pos:R:3\n0 0 0', at: [2, 1], says: 'nine' },
    {
      name: 'a skewed box',
      text: '1\nLattice="4 1 0 0 4 0 0 0 4" Properties=pos:R:3\n0 0 0',
      at: [2, 12],
      says: 'right angles',
    },
    { name: 'no properties', text: `1\n${LATTICE}\n0 0 0`, at: [2, 1], says: 'Properties' },
    {
      name: 'properties without positions',
      text: `1\n${LATTICE} Properties=velo:R:3\n0 0 0`,
      at: [2, 40],
      says: 'pos:R:3',
    },
    {
      name: 'a wrong count',
      text: `2\n${LATTICE} Properties=pos:R:3\n0 0 0`,
      at: [4, 1],
      says: '2 particles are announced',
    },
    {
      name: 'two frames',
      text: `1\n${LATTICE} Properties=pos:R:3\n0 0 0\n1\n${LATTICE}\n0 0 0`,
      at: [4, 1],
      says: 'several frames',
    },
    { name: 'a NaN', text: `1\n${LATTICE} Properties=pos:R:3\n0 NaN 0`, at: [3, 3], says: 'finite' },
    { name: 'a column too many', text: `1\n${LATTICE} Properties=pos:R:3\n0 0 0 0`, at: [3, 7], says: '3 columns' },
  ])('refuses $name, with line and column', ({ text, at, says }) => {
    const { line, column, message } = refusal(readXyz, text);
    expect([line, column]).toEqual(at);
    expect(message).toContain(says);
  });
});
