import { describe, expect, test } from 'vitest';
import type { Frame } from '../function/frame.ts';
import { decodeFrame, encodeFrame, MAX_SHOWN } from './frame.ts';

const frame = (fields: Partial<Frame>): Frame => ({
  ...{ step: 7, time: 0.35, box: [10, 20, 40], periodic: [true, true, true], dimensions: 3 },
  ...{ positions: new Float64Array([0, 5, 30]), velocities: new Float64Array([3, 4, 0]) },
  ...fields,
});
const seen = (fields: Partial<Frame>) => decodeFrame(encodeFrame(frame(fields)));

describe('a frame', () => {
  test('keeps what is exact', () => {
    expect(seen({})).toMatchObject({
      ...{ step: 7, time: 0.35, particles: 1, dimensions: 3, low: [0, 0, 0], edges: [10, 20, 40] },
      ...{ periodic: [true, true, true], hasBox: true, greatestSpeed: 5 },
    });
  });

  test('has positions as parts of the edges', () => {
    expect([...seen({}).positions]).toEqual([0, 16384, 49151]);
  });

  test('wraps particles into a periodic box', () => {
    expect([...seen({ positions: new Float64Array([-10, 25, 70]) }).positions]).toEqual([0, 16384, 49151]);
  });

  test('holds particles at the borders of another', () => {
    const periodic = [false, false, false] as const;
    const { positions } = seen({ periodic, positions: new Float64Array([-1, 25, 20]) });
    expect([...positions]).toEqual([0, 65535, 32768]);
  });

  test('of free space is as large as needed, also for one particle', () => {
    const free = { box: null, dimensions: 2, velocities: null } as const;
    const many = seen({ ...free, positions: new Float64Array([-1, 2, 3, 2, 1, 2]) });
    expect(many).toMatchObject({ low: [-1, 2, 0], edges: [4, 1, 1], hasBox: false, speeds: null, dimensions: 2 });
    expect([...many.positions]).toEqual([0, 0, 65535, 0, 32768, 0]);
  });

  test('has speeds as parts of the greatest', () => {
    const velocities = new Float64Array([0, 0, 0, 3, 4, 0, 0, 0, -10]);
    const { speeds, greatestSpeed } = seen({ positions: new Float64Array(9), velocities });
    expect(greatestSpeed).toBe(10);
    expect([...speeds!]).toEqual([0, 127, 255]);
    expect([...seen({ velocities: new Float64Array(3) }).speeds!]).toEqual([0]);
  });

  test('shows an even choice of very many', () => {
    const particles = 2 * MAX_SHOWN + 1;
    const positions = Float64Array.from({ length: particles }, (_, i) => i / particles);
    const shown = seen({ box: [1, 1, 1], dimensions: 1, positions, velocities: null });
    expect(shown.particles).toBe(particles);
    expect(shown.positions).toHaveLength(Math.ceil(particles / 3));
    expect(shown.positions[1]).toBe(Math.round((65535 * 3) / particles));
    expect(shown.positions.at(-1)! / 65535).toBeCloseTo(1, 3);
  });

  test('says how wide a particle is, where it has a size', () => {
    expect(seen({}).diameter).toBeNull();
    expect(seen({ diameter: 1.5 }).diameter).toBe(1.5);
  });

  test('of a particle without a speed is still a frame', () => {
    const velocities = new Float64Array([Number.NaN, 0, 0, 3, 4, 0]);
    const { speeds, greatestSpeed } = seen({ positions: new Float64Array(6), velocities });
    expect([...speeds!, greatestSpeed]).toEqual([0, 255, 5]);
  });

  test('of a particle that is nowhere is still a frame', () => {
    expect(seen({ positions: new Float64Array([Number.NaN, 0, 0]) }).positions[0]).toBe(0);
  });

  test.each([
    { name: 'nothing', bytes: new Uint8Array() },
    { name: 'something else', bytes: new Uint8Array(200) },
    { name: 'one of four dimensions', bytes: withByte(12, 4) },
    { name: 'one of none', bytes: withByte(12, 0) },
    { name: 'one with more particles than there are bytes', bytes: withByte(8, 200) },
    { name: 'one with more particles than any has', bytes: withByte(11, 255) },
    { name: 'a part of one', bytes: encodeFrame(frame({})).slice(0, -1) },
  ])('is not $name', ({ bytes }) => {
    expect(() => decodeFrame(bytes)).toThrow('frame');
  });
});

/** A frame with another byte somewhere. */
function withByte(at: number, value: number): Uint8Array {
  const bytes = encodeFrame(frame({}));
  bytes[at] = value;
  return bytes;
}
