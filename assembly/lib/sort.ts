/**
 * Sorts the u64 values in [begin, end) of memory, ascending, by insertion: best for the few values of a neighbourhood.
 */
export function sortAscending(begin: usize, end: usize): void {
  for (let place = begin + 8; place < end; place += 8) {
    const value = load<u64>(place);
    let hole = place;
    for (; hole > begin && load<u64>(hole - 8) > value; hole -= 8) store<u64>(hole, load<u64>(hole - 8));
    store<u64>(hole, value);
  }
}
