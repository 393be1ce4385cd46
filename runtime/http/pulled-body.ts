/** Where the pieces of a body come from. */
export interface PieceSource {
  /** The next piece, waiting for it; null at the end. */
  next(): Promise<Uint8Array | null>;
  /** Called once at the end, or when the reader goes or takes nothing any more. */
  close(): void;
}

/** A reader that takes nothing for so long is cut off. */
const STALLED_MS = 15_000;

/** A body whose pieces are made when they are asked for, so that none waits for a slow reader. */
export function pulledBody(source: PieceSource, stalledMs = STALLED_MS): ReadableStream<Uint8Array> {
  let stalled: NodeJS.Timeout | undefined;
  let isOpen = true;
  const close = (): void => {
    clearTimeout(stalled);
    if (isOpen) source.close();
    isOpen = false;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(stalled);
        const piece = await source.next().catch((error: unknown) => {
          close();
          throw error;
        });
        if (!isOpen) return;
        if (piece === null) {
          close();
          controller.close();
          return;
        }
        controller.enqueue(piece);
        stalled = setTimeout(() => {
          close();
          controller.error(new Error('the reader takes nothing'));
        }, stalledMs);
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
