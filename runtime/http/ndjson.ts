/**
 * The lines of a stream, as many as arrived together; empty ones are passed over.
 * @throws RangeError for a line over `maxLineBytes`, so that a peer that never ends one cannot fill the memory.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop()!;
    if (rest.length > maxLineBytes || lines.some((line) => line.length > maxLineBytes))
      throw new RangeError(`a line is over ${maxLineBytes} bytes`);
    const filled = lines.filter((line) => line.trim() !== '');
    if (filled.length > 0) yield filled;
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield [rest];
}

/**
 * The lines of an NDJSON stream, parsed.
 * @throws RangeError for a line over `maxLineBytes`.
 * @throws SyntaxError for a line that is not JSON.
 */
export async function* readNdjson(chunks: AsyncIterable<Uint8Array>, maxLineBytes: number): AsyncGenerator<unknown[]> {
  for await (const lines of readLines(chunks, maxLineBytes)) yield lines.map((line) => JSON.parse(line) as unknown);
}

/** Values as NDJSON, a line each. */
export function toNdjson(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
