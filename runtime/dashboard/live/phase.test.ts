import { expect, test } from 'vitest';
import { FRAME_STATES } from '../../wire/frame-stream.ts';
import { en } from '../text/en.ts';
import { phaseOf } from './phase.ts';

const calm = { note: null, hasShot: false, isLost: false, isPaused: false };

test('there is a sentence of its own for every state of a task', () => {
  const sentences = FRAME_STATES.map((state) => phaseOf({ ...calm, note: { state } }));
  expect(new Set([...sentences, phaseOf(calm)]).size).toBe(FRAME_STATES.length + 1);
  for (const name of sentences) expect(en).toHaveProperty([name]);
});

test('what stays on the screen is called the last frame', () => {
  const shown = { ...calm, hasShot: true };
  expect(phaseOf({ ...shown, note: { state: 'ended' }, isLost: true })).toBe('live.ended');
  expect(phaseOf({ ...shown, note: { state: 'running' }, isLost: true })).toBe('live.lost');
  expect(phaseOf({ ...shown, note: { state: 'running' }, isLost: true, isPaused: true })).toBe('live.paused');
  expect(phaseOf({ ...shown, note: { state: 'running' } })).toBe('live.moving');
});
