import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { exitCodeOf, Interrupted } from './failure.ts';
import { interruptibly, untilAborted } from './interruption.ts';

describe('interruptibly', () => {
  it('hands on what the action gives, and lets go of the signals', async () => {
    const source = new EventEmitter();
    expect(await interruptibly(source, async () => 7)).toBe(7);
    expect(source.eventNames()).toEqual([]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at %s with exit code %i', async (name, code) => {
    const source = new EventEmitter();
    const ending = interruptibly(source, untilAborted);
    source.emit(name, name);
    const thrown = await ending.catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Interrupted);
    expect(exitCodeOf(thrown)).toBe(code);
  });

  it('takes a later signal for impatience, an immediate one for an echo', async () => {
    const source = new EventEmitter();
    const onAgain = vi.fn();
    let now = 0;
    const ending = interruptibly(source, untilAborted, onAgain, () => now);
    source.emit('SIGINT', 'SIGINT');
    now = 400;
    source.emit('SIGTERM', 'SIGTERM');
    expect(onAgain).not.toHaveBeenCalled();
    now = 600;
    source.emit('SIGINT', 'SIGINT');
    expect(onAgain).toHaveBeenCalledOnce();
    await expect(ending).rejects.toBeInstanceOf(Interrupted);
  });
});
