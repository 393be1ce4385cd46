import { describe, expect, test } from 'vitest';
import { COLOURS, gradientOf, oklch, rampOf } from './colours.ts';

/** How light a pixel is, as the eye has it (CIE L*). */
function lightness(pixels: Uint8Array, at: number): number {
  const [red, green, blue] = [0, 1, 2].map((part) => {
    const value = pixels[4 * at + part]! / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  return 116 * Math.cbrt(luminance) - 16;
}

describe.each(['dark', 'light'] as const)('colours on a %s ground', (ground) => {
  const ramp = rampOf(ground);

  test('are opaque, and as many as the texture has', () => {
    expect(ramp).toHaveLength(4 * COLOURS);
    for (let i = 0; i < COLOURS; i++) expect(ramp[4 * i + 3]).toBe(255);
  });

  test('rise in lightness all the way, evenly', () => {
    const steps = Array.from({ length: 16 }, (_, i) => lightness(ramp, 17 * i));
    const rises = steps.slice(1).map((step, index) => step - steps[index]!);
    const mean = (steps.at(-1)! - steps[0]!) / rises.length;
    for (const rise of rises) {
      expect(rise).toBeGreaterThan(mean / 3);
      expect(rise).toBeLessThan(mean * 2);
    }
  });
});

test('colours without chroma are grey', () => {
  for (const part of oklch(0.5, 0, 100)) expect(part).toBeCloseTo(oklch(0.5, 0, 0)[0], 5);
  expect(oklch(1, 0, 0)[1]).toBeCloseTo(1, 2);
  expect(oklch(0, 0, 0)).toEqual([0, 0, 0]);
});

test('a colour that no screen has is brought within', () => {
  expect(oklch(0.6, 5, 150).every((part) => part >= 0 && part <= 1)).toBe(true);
});

test('a legend goes from the first colour to the last', () => {
  const ramp = rampOf('dark');
  const [first, last] = [0, COLOURS - 1].map((at) => `rgb(${[0, 1, 2].map((part) => ramp[4 * at + part]).join(' ')})`);
  expect(gradientOf(ramp).startsWith(`linear-gradient(to right, ${first}, `)).toBe(true);
  expect(gradientOf(ramp).endsWith(`${last})`)).toBe(true);
});
