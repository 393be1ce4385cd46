import { type Artifact, MOST_ARTIFACTS } from '../function/artifact.ts';
import { isArtifactName } from '../wire/artifact-name.ts';

/** What is gathered before it is sent. */
const PIECE_BYTES = 256 * 1024;
const encoder = new TextEncoder();

/** Sends a piece that begins at `offset`; may wait for room. The bytes are given away. */
type SendPiece = (name: string, offset: number, data: Uint8Array<ArrayBuffer>) => void;

/** The artifacts of one job, on its thread: gathers what is appended, and sends it in pieces. */
export class ArtifactWriters {
  readonly #send: SendPiece;
  readonly #writers = new Map<string, ArtifactWriter>();

  /** @param lengths of the artifacts that a resumed function has written before, by name */
  constructor(send: SendPiece, lengths: Readonly<Record<string, number>>) {
    this.#send = send;
    for (const [name, length] of Object.entries(lengths))
      this.#writers.set(name, new ArtifactWriter(name, length, send));
  }

  /** The artifact of this name, always the same. */
  open(name: string): Artifact {
    const known = this.#writers.get(name);
    if (known) return known;
    if (!isArtifactName(name)) throw new Error(`"${name}" cannot name an artifact - use letters, digits and dots`);
    if (this.#writers.size >= MOST_ARTIFACTS)
      throw new Error(`a function may write ${MOST_ARTIFACTS} artifacts at most`);
    const writer = new ArtifactWriter(name, 0, this.#send);
    this.#writers.set(name, writer);
    return writer;
  }

  /** Sends what was gathered. */
  flush(): void {
    for (const writer of this.#writers.values()) writer.flush();
  }

  /** How long each is by now. */
  lengths(): Record<string, number> {
    return Object.fromEntries([...this.#writers].map(([name, { length }]) => [name, length]));
  }
}

class ArtifactWriter implements Artifact {
  /** Bytes appended, those of earlier attempts included. */
  length: number;
  readonly #name: string;
  readonly #send: SendPiece;
  #piece = new Uint8Array(PIECE_BYTES);
  #gathered = 0;

  constructor(name: string, length: number, send: SendPiece) {
    this.#name = name;
    this.length = length;
    this.#send = send;
  }

  append(chunk: string | Uint8Array): void {
    let rest = typeof chunk === 'string' ? encoder.encode(chunk) : chunk;
    while (rest.length > 0) {
      const part = rest.subarray(0, PIECE_BYTES - this.#gathered);
      this.#piece.set(part, this.#gathered);
      this.#gathered += part.length;
      this.length += part.length;
      rest = rest.subarray(part.length);
      if (this.#gathered === PIECE_BYTES) this.flush();
    }
  }

  flush(): void {
    if (this.#gathered === 0) return;
    const piece = this.#piece.slice(0, this.#gathered);
    const offset = this.length - this.#gathered;
    this.#gathered = 0;
    this.#send(this.#name, offset, piece);
  }
}
