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

/** What JSON may hold as it is, and what terminals obey all the same. */
const CONTROLS_IN_JSON = /[\x7f-\x9f]|\p{Bidi_Control}/gu;

/** Writes one JSON document: indented for people on a terminal, a single line for programs. */
export function writeJson(stream: OutputStream, value: unknown): void {
  writeLine(stream, toJson(value, stream.isTTY ? 2 : 0));
}

/** JSON that cannot drive a terminal. */
export function toJson(value: unknown, indent = 0): string {
  const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, indent).replace(CONTROLS_IN_JSON, escaped);
}
