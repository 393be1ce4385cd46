import { describe, expect, test } from 'vitest';
import { plotsOf } from './plots.ts';
import { findSeries, ROW } from './series.ts';

const thermo = [
  { step: 0, temp: 1.44, e_pair: -6.7, e_mol: 0, virial: null },
  { step: 100, temp: 0.75, e_pair: -5.6, e_mol: 0, virial: 1.5 },
  { step: 200, temp: 0.74, e_pair: -5.5, e_mol: 0, virial: 1.25 },
];

describe('the series of a result', () => {
  test('are its lists of rows, over the first column that only rises', () => {
    const [first, second, ...others] = findSeries({
      thermo,
      digest: 'abc',
      averages: {
        temp: { mean: 1 },
        rdf: [
          { g: 0.5, r: 0.1, tag: 'x' },
          { g: 0.25, r: 0.2, tag: 'y' },
          { g: 2, r: 0.3, tag: 'z' },
        ],
      },
    });
    expect(first).toMatchObject({ name: 'thermo', x: { name: 'step', values: [0, 100, 200] } });
    expect(first!.columns.map(({ name }) => name)).toEqual(['temp', 'e_pair', 'e_mol', 'virial']);
    expect(first!.columns[3]!.values).toEqual([null, 1.5, 1.25]);
    expect(second).toMatchObject({
      name: 'averages.rdf',
      x: { name: 'r' },
      columns: [{ name: 'g', values: [0.5, 0.25, 2] }],
    });
    expect(others).toEqual([]);
  });

  test('take vectors apart', () => {
    const [series] = findSeries({
      rows: [
        { step: 1, radii: [1, 2] },
        { step: 2, radii: [3, 4] },
      ],
    });
    expect(series!.columns).toEqual([
      { name: 'radii.0', values: [1, 3] },
      { name: 'radii.1', values: [2, 4] },
    ]);
  });

  test('turn what falls, and count rows where nothing is monotone', () => {
    expect(
      findSeries({
        rows: [
          { x: 3, y: 1 },
          { x: 2, y: 1 },
          { x: 1, y: 5 },
        ],
      })[0],
    ).toMatchObject({
      x: { name: 'x', values: [1, 2, 3] },
      columns: [{ name: 'y', values: [5, 1, 1] }],
    });
    expect(findSeries({ rows: [{ y: 2 }, { y: 1 }, { y: 3 }] })[0]).toMatchObject({
      x: { name: ROW, values: [1, 2, 3] },
    });
  });

  test('may be plain lists of many numbers', () => {
    const values = Array.from({ length: 20 }, (_, index) => index % 3);
    expect(findSeries({ values })).toEqual([
      {
        name: 'values',
        x: { name: ROW, values: values.map((_, index) => index + 1) },
        columns: [{ name: 'values', values }],
      },
    ]);
  });

  test.each([
    {
      name: 'verdicts',
      result: {
        checks: [
          { value: 1, bound: 2 },
          { value: 2, bound: 2 },
        ],
      },
    },
    { name: 'a box', result: { box: [1, 2, 3] } },
    { name: 'one row', result: { rows: [{ step: 1, temp: 2 }] } },
    { name: 'rows without numbers', result: { rows: [{ a: 'x' }, { a: 'y' }] } },
    { name: 'a list of mixed things', result: { rows: [{ a: 1, b: 2 }, 3] } },
    { name: 'nothing', result: null },
  ])('are none in $name', ({ result }) => {
    expect(findSeries(result)).toEqual([]);
  });
});

describe('plots', () => {
  test('are shared by vectors and by what has about the same range; a constant is told, and so is another measure of x', () => {
    const [series] = findSeries({
      rows: Array.from({ length: 10 }, (_, index) => ({
        ...{
          step: index,
          time: index * 0.005,
          msd: index ** 1.5 * 6,
          standard_error: index ** 2 / 100,
          theory: index ** 1.5 * 5.9,
          e_mol: 0,
        },
        momentum: [0, index, -index],
      })),
    });
    const { plots, constants, scales } = plotsOf(series!);
    expect(scales).toEqual(['time']);
    expect(plots.map(({ name, columns }) => [name, columns.length])).toEqual([
      ['msd, theory', 2],
      ['standard_error', 1],
      ['momentum', 3],
    ]);
    expect(constants).toEqual([{ name: 'e_mol', value: 0 }]);
  });
});
