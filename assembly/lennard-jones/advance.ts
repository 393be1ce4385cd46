/** The course of a step: which list is made when, and the forces. */
import * as clusters from './clusters';
import { addDoubleForces } from './force-double';
import { addSingleForces } from './force-single';
import { greatestStraySq, kick, kickAndMove } from './integrate';
import { buildList } from './list';
import { innerSkin, prune, reserveInner } from './prune';
import { sortAtoms } from './sort';
import { countStep, isDouble, segment, skin, stepsDone, timestep } from './state';
import { applyThermostat, kind, NO_THERMOSTAT } from './thermostat';

/** How far an atom can have moved since the inner list was made. */
let moved: f64 = 0;
/** Whether the state lags behind the bodies. */
let isStale: bool = false;
/** Outer lists made since the start, and inner ones. */
export let builds: u32 = 0;
export let prunes: u32 = 0;

/** Forgets the bodies: the state is what counts. */
export function forgetBodies(): void {
  isStale = false;
}

/** Makes lists and forces from the state. @returns false when memory is short. */
export function begin(): bool {
  isStale = false;
  builds = 0;
  prunes = 0;
  if (!rebuild()) return false;
  addForces();
  return true;
}

/** Brings the state up to the last step. */
export function settle(): void {
  if (isStale) clusters.scatterBodies();
  isStale = false;
}

/** Takes `steps` steps. @returns false when memory is short. */
export function advance(steps: u32): bool {
  // Without a thermostat the end of a step and the beginning of the next are one pass over the bodies.
  const isFused = kind == NO_THERMOSTAT;
  for (let n: u32 = 0; n < steps; n++) {
    const speedSq = kickAndMove(isFused && n > 0);
    isStale = true;
    countStep();
    moved += timestep * sqrt(speedSq);
    if (!renewLists()) return false;
    addForces();
    if (!isFused || n + 1 == steps) kick();
    applyThermostat();
    // Again: a list that was made on the way has settled the state at half a step.
    isStale = true;
  }
  return true;
}

/**
 * Makes the lists anew that are due. The inner one must have every pair that can come within the cutoff before the next
 * is made, so it is renewed before two atoms can have moved by its skin. The outer one must have every pair that
 * the next inner one needs, so atoms may stray by half of what its skin has beyond the inner one's.
 */
function renewLists(): bool {
  if (stepsDone() % segment == 0) return rebuild();
  if (!(2 * moved <= innerSkin)) {
    if (!(4 * greatestStraySq() <= (skin - innerSkin) * (skin - innerSkin))) return rebuild();
    clusters.moveGhosts();
    return renewInner(false);
  }
  clusters.moveGhosts();
  return true;
}

function rebuild(): bool {
  settle();
  builds++;
  sortAtoms();
  clusters.gatherBodies();
  if (!buildList() || !reserveInner()) return false;
  clusters.publishBodies();
  clusters.moveGhosts();
  return renewInner(true);
}

function renewInner(isFirst: bool): bool {
  prunes++;
  moved = 0;
  return prune(isFirst);
}

function addForces(): void {
  if (isDouble) addDoubleForces();
  else addSingleForces();
  clusters.foldGhosts();
}
