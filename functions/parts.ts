/** A checkpoint of several parts: how many there are, how long each is (32-bit numbers), then the parts. */

/** One piece of bytes of many. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  const headBytes = 4 + 4 * parts.length;
  const joined = new Uint8Array(headBytes + parts.reduce((sum, { length }) => sum + length, 0));
  const view = new DataView(joined.buffer);
  view.setUint32(0, parts.length, true);
  let next = headBytes;
  for (const [index, part] of parts.entries()) {
    view.setUint32(4 + 4 * index, part.length, true);
    joined.set(part, next);
    next += part.length;
  }
  return joined;
}

/**
 * The parts again, as copies of their own.
 * @throws Error when these bytes are not `count` parts.
 */
export function splitParts(joined: Uint8Array, count: number): Uint8Array[] {
  const headBytes = 4 + 4 * count;
  const view = new DataView(joined.buffer, joined.byteOffset, joined.byteLength);
  const lengths = Array.from({ length: joined.length < headBytes ? 0 : count }, (_, index) =>
    view.getUint32(4 + 4 * index, true),
  );
  const whole = lengths.reduce((sum, length) => sum + length, headBytes);
  if (lengths.length !== count || view.getUint32(0, true) !== count || whole !== joined.length)
    throw new Error(`the checkpoint's ${joined.length} bytes are not ${count} whole parts`);
  let next = headBytes;
  return lengths.map((length) => {
    next += length;
    return joined.slice(next - length, next);
  });
}

/** The bytes of a column of numbers, without a copy. */
export function bytesOf(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/**
 * A part as numbers.
 * @throws Error when it is not `length` numbers.
 */
export function numbersOf(part: Uint8Array, length: number): Float64Array {
  if (part.length !== 8 * length)
    throw new Error(`a part of the checkpoint has ${part.length} bytes, but ${8 * length} are needed`);
  return new Float64Array(part.slice().buffer);
}
