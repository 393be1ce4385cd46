/**
 * The double loop: pairs i < j in lexicographic order, on the positions as they stand at that moment. It defines what
 * a step means; the grid must give its bits. It also serves boxes too small or too crowded for a grid.
 */
import { collide, contactSq, lengthSq } from './collide';
import { at, count, positions } from './state';

/** The rows `first` … count − 1 of the double loop. */
export function collideRows(first: u32): void {
  for (let i = first; i < count; i++) collideRow(i, i + 1);
}

/** Row `i` of the double loop, from partner `first` on. */
export function collideRow(i: u32, first: u32): void {
  const limit = contactSq();
  let pi = v128.load(at(positions, i));
  for (let j = first; j < count; j++) {
    const d = f64x2.sub(pi, v128.load(at(positions, j)));
    if (lengthSq(d) < limit && collide(i, j)) pi = v128.load(at(positions, i));
  }
}
