/** Colours of speeds, from slow to fast: their lightness rises evenly, so that they are told apart without hue, too. */

/** Lightness, chroma and hue (degrees) of the first and the last colour, in OKLCH. */
interface Ramp {
  readonly from: readonly [number, number, number];
  readonly to: readonly [number, number, number];
}

/** Violet over red and orange to yellow: what is fast looks hot. Each on its own ground. */
const RAMPS: Readonly<Record<'dark' | 'light', Ramp>> = {
  dark: { from: [0.42, 0.2, 285], to: [0.93, 0.15, 460] },
  light: { from: [0.34, 0.18, 285], to: [0.83, 0.17, 445] },
};

export const COLOURS = 256;

/** Red, green, blue and full opacity of each colour, as a texture has them. */
export function rampOf(ground: 'dark' | 'light'): Uint8Array {
  const { from, to } = RAMPS[ground];
  const pixels = new Uint8Array(4 * COLOURS);
  for (let i = 0; i < COLOURS; i++) {
    const part = i / (COLOURS - 1);
    const [lightness, chroma, hue] = from.map((start, axis) => start + (to[axis]! - start) * part);
    pixels.set([...oklch(lightness!, chroma!, hue!).map((part) => Math.round(255 * part)), 255], 4 * i);
  }
  return pixels;
}

/** The ramp as a background for its legend. */
export function gradientOf(ramp: Uint8Array, stops = 16): string {
  const colours = Array.from({ length: stops }, (_, stop) => {
    const at = 4 * Math.round((stop * (COLOURS - 1)) / (stops - 1));
    return `rgb(${ramp[at]} ${ramp[at + 1]} ${ramp[at + 2]})`;
  });
  return `linear-gradient(to right, ${colours.join(', ')})`;
}

/** sRGB, each 0 … 1, with less chroma where the screen has no such colour. Matrices: Björn Ottosson, "Oklab", 2020. */
export function oklch(lightness: number, chroma: number, hue: number): [number, number, number] {
  const angle = (hue * Math.PI) / 180;
  for (let less = chroma; ; less -= 0.005) {
    const linear = linearOf(lightness, less * Math.cos(angle), less * Math.sin(angle));
    if (less <= 0 || linear.every((part) => part >= -1e-4 && part <= 1.0001))
      return linear.map(encoded) as [number, number, number];
  }
}

function linearOf(lightness: number, a: number, b: number): [number, number, number] {
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
}

function encoded(linear: number): number {
  const part = Math.min(1, Math.max(0, linear));
  return part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055;
}
