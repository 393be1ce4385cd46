import { describe, expect, test } from 'vitest';
import { oklch } from '../dashboard/live/colours.ts';
import { parseSearch, quoted } from '../search/parse.ts';
import type { Axis, NumericField, VaryingParameter } from '../wire/run-summary.ts';
import { chooseGrid, labelsOf, positionsOf, spreadOf, termOf } from './grid-choice.ts';
import { heatColour, partOf } from './heat-colours.ts';

const parameter = (name: string, values: VaryingParameter['values'], is_numeric = true): VaryingParameter => ({
  ...{ name, values, is_numeric, least: null, most: null },
});
const field = (name: string, least = 0, most = 1): NumericField => ({ name, tasks: 2, least, most, mean: 0 });
const nothing = { x: '', y: '', field: '' };

describe('what is shown of a run', () => {
  const parameters = [
    parameter('seed', [1, 2, 3, 4, 5]),
    parameter('ensemble', ['nve', 'nvt'], false),
    parameter('density', [0.1, 0.2, 0.3]),
    parameter('note', null, false),
  ];
  const fields = [
    field('measured.elapsed_ms'),
    field('result.constant', 3, 3),
    field('result.energy'),
    field('duration'),
  ];

  test.each([
    { name: 'nothing wanted', wanted: nothing, choice: { x: 'density', y: 'ensemble', field: 'result.energy' } },
    {
      name: 'one axis wanted',
      wanted: { ...nothing, y: 'none' },
      choice: { x: 'density', y: null, field: 'result.energy' },
    },
    {
      name: 'all wanted',
      wanted: { x: 'ensemble', y: 'seed', field: 'duration' },
      choice: { x: 'ensemble', y: 'seed', field: 'duration' },
    },
    {
      name: 'the same twice',
      wanted: { ...nothing, x: 'density', y: 'density' },
      choice: { x: 'density', y: 'ensemble', field: 'result.energy' },
    },
    {
      name: 'what is not there',
      wanted: { x: 'a', y: 'note', field: 'b' },
      choice: { x: 'density', y: 'ensemble', field: 'result.energy' },
    },
  ])('$name', ({ wanted, choice }) => {
    expect(chooseGrid({ parameters, fields }, wanted)).toEqual(choice);
  });

  test('what differs in the seed alone is taken together', () => {
    const [seed, , density] = parameters;
    const both = { parameters: [seed!, density!], fields };
    expect(chooseGrid(both, nothing)).toEqual({ x: 'density', y: null, field: 'result.energy' });
    expect(chooseGrid(both, { ...nothing, y: 'seed' })).toMatchObject({ y: 'seed' });
    expect(chooseGrid({ parameters: [seed!], fields }, nothing)).toMatchObject({ x: 'seed', y: null });
  });

  test('nothing, where nothing varies or nothing was measured', () => {
    expect(chooseGrid({ parameters: [], fields }, nothing)).toBeNull();
    expect(chooseGrid({ parameters, fields: [] }, nothing)).toBeNull();
    expect(chooseGrid({ parameters: [parameter('note', null, false)], fields }, nothing)).toBeNull();
  });
});

describe('places of an axis', () => {
  const values: Axis = { name: 'a', values: [1, 'b, "c"', true], ranges: null };
  const ranges: Axis = {
    name: 'a',
    values: null,
    ranges: [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
    ],
  };

  test('have words and, where they are numbers, positions', () => {
    expect(labelsOf(values, String)).toEqual(['1', 'b, "c"', 'true']);
    expect(labelsOf(ranges, String)).toEqual(['0 – 1', '1 – 2']);
    expect(positionsOf(values)).toBeNull();
    expect(positionsOf(ranges)).toEqual([0.5, 1.5]);
    expect(positionsOf({ ...values, values: [3, 4] })).toEqual([3, 4]);
  });

  test('lead to searches that can be read', () => {
    expect(termOf(values, 1, quoted)).toBe('a:"b, \\"c\\""');
    expect(termOf(values, 0, quoted)).toBe('a:1');
    expect(termOf(ranges, 0, quoted)).toBe('a>=0 a<1');
    expect(termOf(ranges, 1, quoted)).toBe('a>=1 a<=2');
    for (const place of [0, 1, 2]) expect(parseSearch(termOf(values, place, quoted), ['a']).terms).toHaveLength(1);
    for (const place of [0, 1]) expect(parseSearch(termOf(ranges, place, quoted), ['a']).terms).toHaveLength(2);
  });
});

describe('colours of a heat map', () => {
  test('grow lighter from the least to the most, and never leave the scale', () => {
    const lightness = (part: number) => Number(/oklch\((\S+)/.exec(heatColour(part).ground)![1]);
    const steps = Array.from({ length: 21 }, (_, i) => lightness(i / 20));
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(new Set(steps).size).toBe(21);
    expect([heatColour(-3), heatColour(9)]).toEqual([heatColour(0), heatColour(1)]);
  });

  test('have letters that stand out: 4.5 to 1, as WCAG AA asks for', () => {
    const luminance = (colour: readonly number[]): number => {
      const linear = colour.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
    };
    for (let part = 0; part <= 1; part += 1 / 512) {
      const { ground, ink } = heatColour(part);
      const [lightness, chroma, hue] = [...ground.matchAll(/[\d.]+/g)].map(Number);
      const there = luminance(oklch(lightness!, chroma!, hue!));
      const [light, dark] = ink === '#fff' ? [1, there] : [there, 0];
      expect((light + 0.05) / (dark + 0.05), `${part}`).toBeGreaterThan(4.5);
    }
  });

  test('equal values stand in the middle', () => {
    expect(partOf(3, 3, 3)).toBe(0.5);
    expect(partOf(2, 1, 5)).toBe(0.25);
    expect(
      spreadOf({ cells: [3, 1, 2].map((mean) => ({ x: 0, y: 0, tasks: 1, mean, least: mean, most: mean })) }),
    ).toEqual({ least: 1, most: 3 });
  });
});
