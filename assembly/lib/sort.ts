/**
 * Sorts the u32 values in [begin, end) of memory, ascending, by insertion: best for the few values of a neighbourhood.
 */
export function sortAscending(begin: usize, end: usize): void {
  for (let place = begin + 4; place < end; place += 4) {
    const value = load<u32>(place);
    let hole = place;
    for (; hole > begin && load<u32>(hole - 4) > value; hole -= 4) store<u32>(hole, load<u32>(hole - 4));
    store<u32>(hole, value);
  }
}
