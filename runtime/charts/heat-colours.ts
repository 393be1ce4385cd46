/** Colours of a heat map: their lightness rises evenly, so that they are told apart without hue, too. */

/** Lightness and hue (OKLCH) of the least and the most: violet over green to yellow. */
const LEAST = [0.33, 300] as const;
const MOST = [0.93, 105] as const;
/** As much chroma as every screen has in the middle, and at the ends. */
const LEAST_CHROMA = 0.1;
const MOST_CHROMA = 0.155;
/** On lighter ones dark letters have the stronger contrast, on darker ones light letters. */
const DARK_INK_FROM = 0.557;

/** A colour and the letters that are read on it, as CSS. */
export interface HeatColour {
  readonly ground: string;
  readonly ink: '#000' | '#fff';
}

/** @param part from 0, the least, to 1, the most */
export function heatColour(part: number): HeatColour {
  const within = Math.min(1, Math.max(0, part));
  const [lightness, hue] = LEAST.map((least, index) => least + (MOST[index]! - least) * within);
  const chroma = LEAST_CHROMA + (MOST_CHROMA - LEAST_CHROMA) * (2 * within - 1) ** 2;
  return {
    ground: `oklch(${lightness!.toFixed(3)} ${chroma.toFixed(3)} ${hue!.toFixed(1)})`,
    ink: lightness! >= DARK_INK_FROM ? '#000' : '#fff',
  };
}

/** Where a value stands between the least and the most; in the middle where they are the same. */
export function partOf(value: number, least: number, most: number): number {
  return most > least ? (value - least) / (most - least) : 0.5;
}
