/**
 * The lines of an NDJSON stream, parsed; empty lines are passed over.
 * @throws RangeError for a line over `maxLineBytes`, so that a peer that never ends one cannot fill the memory.
 * @throws SyntaxError for a line that is not JSON.
 */
export async function* readNdjson(chunks: AsyncIterable<Uint8Array>, maxLineBytes: number): AsyncGenerator<unknown[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop()!;
    if (rest.length > maxLineBytes) throw new RangeError(`a line is over ${maxLineBytes} bytes`);
    const values = lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as unknown);
    if (values.length > 0) yield values;
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield [JSON.parse(rest)];
}

/** Values as NDJSON, a line each. */
export function toNdjson(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
