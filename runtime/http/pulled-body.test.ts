import { expect, test } from 'vitest';
import { type PieceSource, pulledBody } from './pulled-body.ts';

/** Gives 1, 2, 3 … up to `count`. */
function countTo(count: number) {
  let made = 0;
  let closed = 0;
  const { promise: whenClosed, resolve } = Promise.withResolvers<void>();
  const source: PieceSource = {
    next: async () => (made < count ? new Uint8Array([++made]) : null),
    close: () => {
      closed += 1;
      resolve();
    },
  };
  return { source, whenClosed, made: () => made, closed: () => closed };
}

test('a body is made as it is taken, and closed once at its end', async () => {
  const { source, made, closed } = countTo(2);
  const reader = pulledBody(source).getReader();
  expect(made()).toBe(0);
  expect((await reader.read()).value).toEqual(new Uint8Array([1]));
  expect(made()).toBe(1);
  await reader.read();
  expect((await reader.read()).done).toBe(true);
  expect(closed()).toBe(1);
});

test('a reader that goes closes it, also while it waits', async () => {
  const { source, closed } = countTo(5);
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const reader = pulledBody({ ...source, next: () => promise }).getReader();
  const waiting = reader.read();
  await reader.cancel();
  expect(closed()).toBe(1);
  resolve(new Uint8Array([1]));
  expect((await waiting).done).toBe(true);
});

test('a reader that takes nothing is cut off', async () => {
  const { source, whenClosed, made } = countTo(5);
  const reader = pulledBody(source, 1).getReader();
  await reader.read();
  await whenClosed;
  await expect(reader.read()).rejects.toThrow('the reader takes nothing');
  expect(made()).toBe(1);
});

test('a source that fails is closed', async () => {
  const { source, closed } = countTo(5);
  const reader = pulledBody({ ...source, next: () => Promise.reject(new Error('no more')) }).getReader();
  await expect(reader.read()).rejects.toThrow('no more');
  expect(closed()).toBe(1);
});
