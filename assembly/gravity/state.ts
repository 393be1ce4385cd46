/**
 * The bodies, two to a record so that a vector holds both: all that the forces need of them stands together.
 *
 *     state ──► ┌────────┬─────────┬─────┬────────┬───────────┬─────────┐
 *               │ bodies │ passes  │ row │ column │ potential │ kinetic │          2 × u64, 2 × u32, 2 × f64
 *               ├────────┴─────────┴─────┴────────┴───────────┴─────────┤
 *               │ x x y y z z   m m   fx fx fy fy fz fz                 │          records × 11 × 2 × f64
 *               │ vx vx vy vy vz vz   1/m 1/m                           │
 *               └───────────────────────────────────────────────────────┘
 *     scratch ► masses, positions, velocities of a given start; or what is sorted: count × 7 × f64
 *
 * A *pass* computes all forces once, tile by tile; `row` and `column` name the next tile. Pass 0 is that of the start,
 * each further one ends a step. The block is the whole mutable state, also in the middle of a pass: a copy of it is a
 * checkpoint. Where the number of bodies is odd, the last one has a companion without mass, 1/m = 0, so it is never
 * moved, and far away, where distances are neither 0 nor infinite.
 */
import { column } from '../lib/columns';

const HEADER_BYTES: usize = 48;
const RECORD_BYTES: usize = 176;

/** Where the vectors of a record stand in it. */
export const X: usize = 0;
export const Y: usize = 16;
export const Z: usize = 32;
export const MASS: usize = 48;
export const FX: usize = 64;
export const FY: usize = 80;
export const FZ: usize = 96;
export const VX: usize = 112;
export const VY: usize = 128;
export const VZ: usize = 144;
export const INVERSE_MASS: usize = 160;

/** Its sixth power, which the forces form, still is a number. */
const FAR_AWAY: f64 = 1e30;

/** Records along the edge of a tile: 256 bodies against 256 others are some 0.2 ms, and stay in a cache. */
const RECORDS_A_TILE: u32 = 128;

export let count: u32 = 0;
export let records: u32 = 0;
/** Tiles along the edge of all pairs. */
export let tiles: u32 = 0;
export let timestep: f64 = 0;
export let softeningSq: f64 = 0;

export let state: usize = 0;
export let bodies: usize = 0;
export let bodiesEnd: usize = 0;
export let scratch: usize = 0;

let steps: u64 = 0;
let rowsEvery: u64 = 1;

/** What is simulated. */
export function setModel(count_: u32, timestep_: f64, softening: f64): void {
  count = count_;
  records = (count_ + 1) >> 1;
  tiles = (records + RECORDS_A_TILE - 1) / RECORDS_A_TILE;
  timestep = timestep_;
  softeningSq = softening * softening;
}

/** How many steps there will be, and at which of them the potential energy is asked for. */
export function setCourse(steps_: u64, rowsEvery_: u64): void {
  steps = steps_;
  rowsEvery = rowsEvery_;
}

/** Reserves the memory. */
export function layOutState(): void {
  state = column(HEADER_BYTES, 1);
  bodies = column(records, RECORD_BYTES);
  bodiesEnd = recordAt(records);
  scratch = column(count, 56);
}

export function stateBytes(): usize {
  return bodiesEnd - state;
}

/** Clears the block, and puts a companion in its place. */
export function clearState(): void {
  memory.fill(state, 0, stateBytes());
  store<u64>(state, <u64>count);
  if (count & 1) set(count, X, FAR_AWAY);
}

// @ts-ignore: decorator
@inline
export function recordAt(record: u32): usize {
  return bodies + <usize>record * RECORD_BYTES;
}

/** The record behind one. */
// @ts-ignore: decorator
@inline
export function next(record: usize): usize {
  return record + RECORD_BYTES;
}

/** The first record of a tile, counted along the edge. */
export function tileStart(tile: u32): usize {
  return recordAt(tile * RECORDS_A_TILE);
}

/** Where it ends. */
export function tileEnd(tile: u32): usize {
  return min(tileStart(tile + 1), bodiesEnd);
}

// @ts-ignore: decorator
@inline
function at(body: u32, field: usize): usize {
  return recordAt(body >> 1) + field + ((<usize>body & 1) << 3);
}

/** A number of one body. */
// @ts-ignore: decorator
@inline
export function get(body: u32, field: usize): f64 {
  return load<f64>(at(body, field));
}

// @ts-ignore: decorator
@inline
export function set(body: u32, field: usize, value: f64): void {
  store<f64>(at(body, field), value);
}

/** The number of bodies that the block itself claims to hold. */
export function claimedCount(): u64 {
  return load<u64>(state);
}

/** Passes that have ended. */
export function passes(): u64 {
  return load<u64>(state, 8);
}

/** Steps that have ended. */
export function stepsDone(): u64 {
  return max(passes(), 1) - 1;
}

/** True when the pass under way is one whose potential energy is asked for. */
export function isForRow(): bool {
  return passes() == steps || passes() % rowsEvery == 0;
}

/** The row of the next tile. */
export function row(): u32 {
  return load<u32>(state, 16);
}

/** Its column, not less than its row. */
export function tileColumn(): u32 {
  return load<u32>(state, 20);
}

/** Goes to the next tile; false when there is none, and the pass has ended. */
export function nextTile(): bool {
  if (tileColumn() + 1 < tiles) {
    store<u32>(state, tileColumn() + 1, 20);
    return true;
  }
  const isLast = row() + 1 == tiles;
  store<u32>(state, isLast ? 0 : row() + 1, 16);
  store<u32>(state, row(), 20);
  if (isLast) store<u64>(state, passes() + 1, 8);
  return !isLast;
}

/** Tiles of a pass. */
export function tilesAPass(): u64 {
  return (<u64>tiles * (tiles + 1)) >> 1;
}

/** Tiles of the pass under way that have been done. */
export function tilesDone(): u64 {
  const rows = <u64>row();
  return rows * tiles - ((rows * (rows + 1)) >> 1) + tileColumn();
}

/** Σ mᵢ mⱼ / s so far in this pass, or of the whole one when it has ended. */
export function potential(): f64 {
  return load<f64>(state, 24);
}

export function setPotential(value: f64): void {
  store<f64>(state, value, 24);
}

/** ½ Σ m v² at the end of the last step. */
export function kinetic(): f64 {
  return load<f64>(state, 32);
}

export function setKinetic(value: f64): void {
  store<f64>(state, value, 32);
}
