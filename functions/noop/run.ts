import type { Run } from '../../runtime/function/declaration.ts';
import type { noop } from './declaration.ts';

const SPINS_A_SLICE = 10_000_000;

/** Spins, and answers. */
export const runNoop: Run<typeof noop> = ({ spins }, context) => {
  let state = 1;
  for (let done = 0; done < spins; done += SPINS_A_SLICE) {
    context.signal.throwIfAborted();
    state = spin(state, Math.min(SPINS_A_SLICE, spins - done));
    context.progress(Math.min(done + SPINS_A_SLICE, spins), spins);
  }
  return { result: { ok: state !== 0 } };
};

/** Turns of Marsaglia's xorshift, which never reaches 0: the loop's end is not known beforehand, so it is really run. */
function spin(start: number, turns: number): number {
  let state = start;
  for (let turn = 0; turn < turns; turn++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return state;
}
