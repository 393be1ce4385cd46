/**
 * A checkpoint as it leaves the thread: the function's state, and how long its artifacts were when it was taken. One
 * without artifacts is the bare state.
 *
 *     ┌───────────────┬──────────────┬──────────────────────────┬─────────┐
 *     │ "motes:a1"    │ u32 (little) │ {"NAME": BYTES, …}, JSON │ state   │
 *     │ 8 bytes       │ its length   │                          │         │
 *     └───────────────┴──────────────┴──────────────────────────┴─────────┘
 */

const MARK = new TextEncoder().encode('motes:a1');
const HEAD_BYTES = MARK.length + 4;

/** A state with the lengths of artifacts, by name. */
export interface Sealed {
  readonly state: Uint8Array;
  readonly artifacts: Readonly<Record<string, number>>;
}

/** The bytes to keep. */
export function seal({ state, artifacts }: Sealed): Uint8Array {
  if (Object.keys(artifacts).length === 0 && !hasMark(state)) return state;
  const lengths = new TextEncoder().encode(JSON.stringify(artifacts));
  const sealed = new Uint8Array(HEAD_BYTES + lengths.length + state.length);
  sealed.set(MARK);
  new DataView(sealed.buffer).setUint32(MARK.length, lengths.length, true);
  sealed.set(lengths, HEAD_BYTES);
  sealed.set(state, HEAD_BYTES + lengths.length);
  return sealed;
}

/** What `seal` was given. */
export function unseal(bytes: Uint8Array): Sealed {
  // What lies in shared memory is nobody's own.
  if (!hasMark(bytes)) return { state: isShared(bytes) ? bytes.slice() : bytes, artifacts: {} };
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MARK.length, true);
  const end = HEAD_BYTES + length;
  return {
    artifacts: JSON.parse(new TextDecoder().decode(bytes.slice(HEAD_BYTES, end))) as Record<string, number>,
    state: bytes.slice(end),
  };
}

function isShared({ buffer }: Uint8Array): boolean {
  return buffer instanceof SharedArrayBuffer;
}

function hasMark(bytes: Uint8Array): boolean {
  return bytes.length >= HEAD_BYTES && MARK.every((byte, index) => bytes[index] === byte);
}
