/** Where a command reads and writes: the process's own streams, or a test's. */
export interface Terminal {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/** What commands need of a stream; `isTTY` decides on colours and redrawing. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Writes a line. */
export function writeLine(stream: OutputStream, line = ''): void {
  stream.write(`${line}\n`);
}

/** Writes one JSON document: indented for people on a terminal, a single line for programs. */
export function writeJson(stream: OutputStream, value: unknown): void {
  writeLine(stream, JSON.stringify(value, null, stream.isTTY ? 2 : undefined));
}
