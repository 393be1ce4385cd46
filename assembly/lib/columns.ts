/**
 * Lays a kernel's columns out in linear memory, one behind the other, each aligned to 16 bytes for SIMD:
 *
 *     beginColumns();
 *     a = column(count, 8);
 *     b = column(count, 4);
 *     if (!claimColumns()) return OUT_OF_MEMORY;
 *
 * Addresses are given out before the memory is claimed, so a column may be touched only after `claimColumns`.
 */

const PAGE_BITS: u64 = 16;
/** One past the last address that 32 bits can name, less a page: `memory.size()` must fit an i32 of pages. */
const ADDRESSABLE: u64 = 0xffff0000;

let top: u64 = 0;

/** Starts a layout, right behind the module's static data. What an earlier layout held is given up. */
export function beginColumns(): void {
  top = align16(<u64>__heap_base);
}

/** The address of a new column of `count` elements of `elementBytes` bytes. */
export function column(count: u64, elementBytes: u64): usize {
  const start = top;
  top = align16(start + count * elementBytes);
  return <usize>start;
}

/** Where the next column would stand: what `cutColumns` takes to give up all columns that follow. */
export function columnsEnd(): usize {
  return <usize>top;
}

/** Gives up every column from `end` on, so that others of another length can take their place. */
export function cutColumns(end: usize): void {
  top = <u64>end;
}

/** Grows the memory to hold every column; false when the engine refuses or 32 bits cannot address it. */
export function claimColumns(): bool {
  if (top > ADDRESSABLE) return false;
  const wanted = <i32>((top + ((1 << PAGE_BITS) - 1)) >> PAGE_BITS);
  const missing = wanted - memory.size();
  return missing <= 0 || memory.grow(missing) >= 0;
}

function align16(address: u64): u64 {
  return (address + 15) & ~15;
}
