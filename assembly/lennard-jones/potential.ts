/**
 * The pair potential U(r) = 4 (r⁻¹² − r⁻⁶) inside of the cutoff, shifted or not, and its constants. Forces are computed
 * divided by 48: F/r = 48 r⁻² r⁻⁶ (r⁻⁶ − ½), which spares every pair a multiplication.
 */
import { cutoff, SHIFT_FORCE, SHIFT_NONE, shift } from './state';

/** What is taken from every pair's energy. */
export let energyShift: f64 = 0;
/** What is taken from every pair's force, divided by 48. */
export let forceShift: f64 = 0;
export let isForceShifted: bool = false;

/** Sets the constants of the model. */
export function preparePotential(): void {
  const inverseSq = 1 / (cutoff * cutoff);
  const inverse6 = inverseSq * inverseSq * inverseSq;
  isForceShifted = shift == SHIFT_FORCE;
  energyShift = shift == SHIFT_NONE ? 0 : 4 * inverse6 * (inverse6 - 1);
  forceShift = isForceShifted ? (inverse6 * (inverse6 - 0.5)) / cutoff : 0;
}

/**
 * Two kinds of force, for functions that are compiled once for each: as an argument the kind would be looked at for
 * every pair, since the optimiser folds copies of a loop that differ by a constant only.
 */
export type Cut = u32;
export type Shifted = i32;

/** Whether the force is shifted; known when the kernel is compiled. */
// @ts-ignore: decorator
@inline
export function isShifted<Kind>(): bool {
  return isSigned<Kind>();
}
