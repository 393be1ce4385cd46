import { describe, expect, test } from 'vitest';
import { MAX_FRAME_BYTES } from './frame.ts';
import { encodeFrameMessage, type FrameMessage, FrameStreamReader } from './frame-stream.ts';

const MESSAGES: readonly FrameMessage[] = [
  { kind: 'note', note: { state: 'queued' } },
  { kind: 'note', note: { state: 'running', attempt: 2, worker_id: 'wörker' } },
  { kind: 'frame', ageMs: 12, sentAt: 1_700_000_000_000.5, frame: new Uint8Array([1, 2, 3, 255]) },
  { kind: 'idle' },
  { kind: 'frame', ageMs: 0, sentAt: 0, frame: new Uint8Array() },
  { kind: 'note', note: { state: 'ended', status: 'succeeded' } },
];

const bytesOf = (messages: readonly FrameMessage[]): Uint8Array =>
  Uint8Array.from(messages.flatMap((message) => [...encodeFrameMessage(message)]));

/** A length and what follows. */
const raw = (...body: number[]): Uint8Array => Uint8Array.from([body.length, 0, 0, 0, ...body]);

describe('a stream of frames', () => {
  test('is the same however it is cut into pieces', () => {
    const bytes = bytesOf(MESSAGES);
    for (let pieceBytes = 1; pieceBytes <= bytes.length; pieceBytes++) {
      const reader = new FrameStreamReader();
      const found: FrameMessage[] = [];
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        found.push(...reader.take(bytes.subarray(at, at + pieceBytes)));
      }
      expect(found).toEqual(MESSAGES);
    }
  });

  test('gives nothing before a message is whole, and nothing of an empty piece', () => {
    const reader = new FrameStreamReader();
    const bytes = bytesOf([MESSAGES[2]!]);
    expect(reader.take(bytes.subarray(0, -1))).toEqual([]);
    expect(reader.take(new Uint8Array())).toEqual([]);
    expect(reader.take(bytes.subarray(-1))).toEqual([MESSAGES[2]]);
  });

  test('keeps an age within what 32 bits hold', () => {
    const sent = [-5, 1e12].map(
      (ageMs): FrameMessage => ({ kind: 'frame', ageMs, sentAt: 1, frame: new Uint8Array() }),
    );
    const ages = new FrameStreamReader().take(bytesOf(sent)).map((message) => (message as { ageMs: number }).ageMs);
    expect(ages).toEqual([0, 2 ** 32 - 1]);
  });

  test('may hold kinds that a later version sends', () => {
    const bytes = Uint8Array.from([...raw(99, 1, 2), ...encodeFrameMessage({ kind: 'idle' })]);
    expect(new FrameStreamReader().take(bytes)).toEqual([{ kind: 'idle' }]);
  });

  test.each([
    { name: 'a message without a kind', bytes: raw() },
    { name: 'one that is too long', bytes: longer(MAX_FRAME_BYTES + 14) },
    { name: 'one of four gigabytes', bytes: longer(2 ** 32 - 1) },
    { name: 'a frame without its age', bytes: raw(1, 0, 0) },
    { name: 'a note that is not JSON', bytes: raw(2, 0x7b) },
    { name: 'a note of an unknown state', bytes: encodeFrameMessage({ kind: 'note', note: { state: 'x' as never } }) },
    { name: 'HTML', bytes: new TextEncoder().encode('<!doctype html><title>no</title>') },
  ])('is refused where it has $name', ({ bytes }) => {
    expect(() => new FrameStreamReader().take(bytes)).toThrow('no stream of frames');
  });

  test('may hold the longest frame', () => {
    const frame = new Uint8Array(MAX_FRAME_BYTES).fill(7);
    const [message] = new FrameStreamReader().take(encodeFrameMessage({ kind: 'frame', ageMs: 0, sentAt: 0, frame }));
    expect((message as { frame: Uint8Array }).frame).toHaveLength(MAX_FRAME_BYTES);
  });
});

function longer(bytes: number): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes, true);
  return length;
}
