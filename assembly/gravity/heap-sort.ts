/** Sorts entries of two f64, a key and what belongs to it, by ascending key: in place, and never slow. */
export function sortByKey(entries: usize, count: u32): void {
  for (let root = count >> 1; root > 0; root--) sink(entries, root - 1, count);
  for (let end = count; end > 1; ) {
    end--;
    const last = v128.load(entryAt(entries, end));
    v128.store(entryAt(entries, end), v128.load(entries));
    v128.store(entries, last);
    sink(entries, 0, end);
  }
}

// @ts-ignore: decorator
@inline
function entryAt(entries: usize, index: u32): usize {
  return entries + (<usize>index << 4);
}

/** Lets the entry at `root` sink below all larger ones in the heap of the first `count`. */
function sink(entries: usize, root: u32, count: u32): void {
  const entry = v128.load(entryAt(entries, root));
  const key = f64x2.extract_lane(entry, 0);
  for (;;) {
    let child: u32 = 2 * root + 1;
    if (child >= count) break;
    if (child + 1 < count && load<f64>(entryAt(entries, child + 1)) > load<f64>(entryAt(entries, child))) child++;
    if (!(load<f64>(entryAt(entries, child)) > key)) break;
    v128.store(entryAt(entries, root), v128.load(entryAt(entries, child)));
    root = child;
  }
  v128.store(entryAt(entries, root), entry);
}
