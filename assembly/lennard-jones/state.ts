/**
 * What a simulation is: its parameters, and the block of everything that a step changes, in the order of the atoms.
 *
 *     state ──► ┌──────────┬──────────┬────────────┬──────────┐
 *               │ count    │ steps    │ heat (f64) │ 0        │   u64 where nothing is said
 *               ├──────────┴──────────┴────────────┴──────────┤
 *               │ positions   x0 y0 z0 x1 y1 z1 …   unwrapped │   3 × count × f64
 *               ├─────────────────────────────────────────────┤
 *               │ velocities  x0 y0 z0 x1 y1 z1 …             │   3 × count × f64
 *               └─────────────────────────────────────────────┘
 *
 * A copy of it, taken at a multiple of `segment` steps, is a checkpoint. Between such copies the atoms live in clusters
 * (clusters.ts), from where they are written back when somebody asks.
 */
import { column } from '../lib/columns';

export const HEADER_BYTES: usize = 32;

/** What is taken away from the potential inside of the cutoff. */
export const SHIFT_NONE: u32 = 0;
export const SHIFT_POTENTIAL: u32 = 1;
export const SHIFT_FORCE: u32 = 2;

export let count: u32 = 0;
export let lx: f64 = 0;
export let ly: f64 = 0;
export let lz: f64 = 0;
export let timestep: f64 = 0;
export let cutoff: f64 = 0;
export let skin: f64 = 0;
export let shift: u32 = 0;
/** Whether forces are computed in double precision. */
export let isDouble: bool = false;
/** The neighbour list is made from nothing but this block at every multiple of this many steps. */
export let segment: u32 = 0;

export let state: usize = 0;
export let positions: usize = 0;
export let velocities: usize = 0;

/** The parameters in reduced units; the skin is cut so that no list looks further than one box edge. */
export function setModel(
  count_: u32,
  lx_: f64,
  ly_: f64,
  lz_: f64,
  timestep_: f64,
  cutoff_: f64,
  skin_: f64,
  shift_: u32,
  isDouble_: bool,
  segment_: u32,
): void {
  count = count_;
  lx = lx_;
  ly = ly_;
  lz = lz_;
  timestep = timestep_;
  cutoff = cutoff_;
  skin = min(skin_, min(lx, min(ly, lz)) - cutoff);
  shift = shift_;
  isDouble = isDouble_;
  segment = segment_;
}

/** Reserves the block. */
export function layOutState(): void {
  state = column(stateBytes(), 1);
  positions = state + HEADER_BYTES;
  velocities = positions + <usize>count * 24;
}

/** Makes the block that of `count` atoms at the origin, at rest, before the first step. */
export function clearState(): void {
  memory.fill(state, 0, stateBytes());
  store<u64>(state, <u64>count);
}

/** Size of the block in bytes. */
// @ts-ignore: decorator
@inline
export function stateBytes(): usize {
  return HEADER_BYTES + <usize>count * 48;
}

/** The address of atom `i` in a column of vectors. */
// @ts-ignore: decorator
@inline
export function at(vectors: usize, i: u32): usize {
  return vectors + <usize>i * 24;
}

/** The number of atoms that the block itself claims to hold. */
export function claimedCount(): u64 {
  return load<u64>(state);
}

export function stepsDone(): u64 {
  return load<u64>(state, 8);
}

export function countStep(): void {
  store<u64>(state, load<u64>(state, 8) + 1, 8);
}

/** The energy that the thermostat has put in since the start. */
export function heat(): f64 {
  return load<f64>(state, 16);
}

export function addHeat(energy: f64): void {
  store<f64>(state, load<f64>(state, 16) + energy, 16);
}

/** ½ Σ v² in the order of the atoms; not finite when a position is not. */
export function kineticEnergy(): f64 {
  let sum: f64 = 0;
  for (let at = velocities, end = velocities + <usize>count * 24; at < end; at += 8) {
    const speed = load<f64>(at);
    sum += speed * speed;
  }
  return 0.5 * sum + lostPlaces();
}

/** 0, or NaN when an atom is nowhere. */
export function lostPlaces(): f64 {
  let sum: f64 = 0;
  for (let at = positions, end = positions + <usize>count * 24; at < end; at += 8) sum += 0 * load<f64>(at);
  return sum;
}
