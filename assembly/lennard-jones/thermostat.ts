/**
 * Holds the temperature by chance, after every step: random numbers are a function of the seed, the step and the atom
 * (lib/counter-random.ts), so that a checkpoint need not know of them. What it adds to the kinetic energy is booked as
 * heat: the total energy less that is conserved as well as without a thermostat.
 */
import { normalAt, streamOf, uniformAt } from '../lib/counter-random';
import { BODY_BYTES, bodies } from './clusters';
import { clusterCount, members, NOBODY } from './sort';
import { addHeat, count, stepsDone, timestep } from './state';

export const NO_THERMOSTAT: u32 = 0;
/** Stochastic velocity rescaling (Bussi, Donadio and Parrinello 2007). */
export const BUSSI: u32 = 1;
/** Friction and noise of every atom (Langevin), exact over one step; momentum is not conserved. */
export const LANGEVIN: u32 = 2;

export let kind: u32 = 0;
let temperature: f64 = 0;
let relaxationTime: f64 = 1;
let seed: u64 = 0;

/** Sets what holds the temperature from the next step on. */
export function setThermostat(kind_: u32, temperature_: f64, relaxationTime_: f64, seed_: u64): void {
  kind = kind_;
  temperature = temperature_;
  relaxationTime = relaxationTime_;
  seed = seed_;
}

/** Changes the velocities at the end of a step. */
export function applyThermostat(): void {
  if (kind == NO_THERMOSTAT) return;
  const before = kineticEnergy();
  const stream = streamOf(seed, stepsDone());
  if (kind == BUSSI) rescale(before, stream);
  else rub(stream);
  addHeat(kineticEnergy() - before);
}

/** ½ Σ v² in the order of the slots. */
function kineticEnergy(): f64 {
  let squares = f64x2.splat(0);
  const end = bodies + <usize>clusterCount * BODY_BYTES;
  for (let body = bodies; body < end; body += BODY_BYTES) {
    for (let part: usize = 96; part < 192; part += 16) {
      const speed = v128.load(body + part);
      squares = f64x2.add(squares, f64x2.mul(speed, speed));
    }
  }
  return 0.5 * (f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1));
}

/** The paper's equation A7: the kinetic energy takes a random step towards its own distribution. */
function rescale(kinetic: f64, stream: u64): void {
  const freedom = 3 * <f64>count - 3;
  if (!(kinetic > 0 && freedom > 0)) return;
  const decay = Math.exp(-timestep / relaxationTime);
  const share = ((1 - decay) * 0.5 * temperature) / kinetic;
  const normal = normalAt(stream, 0);
  const others = freedom > 1 ? 2 * gamma((freedom - 1) / 2, stream) : 0;
  const factorSq = decay + share * (normal * normal + others) + 2 * normal * sqrt(decay * share);
  // The root's sign, A8, turns the velocities round only where a few atoms are coupled very hard.
  const factor = normal + sqrt(decay / share) < 0 ? -sqrt(factorSq) : sqrt(factorSq);
  const scale = f64x2.splat(factor);
  const end = bodies + <usize>clusterCount * BODY_BYTES;
  for (let body = bodies; body < end; body += BODY_BYTES) {
    for (let part: usize = 96; part < 192; part += 16) {
      v128.store(body + part, f64x2.mul(v128.load(body + part), scale));
    }
  }
}

/** A number of the gamma distribution of a shape of ½ or more (Marsaglia and Tsang 2000). */
function gamma(shape: f64, stream: u64): f64 {
  const isSmall = shape < 1;
  const d = (isSmall ? shape + 1 : shape) - 1 / 3.0;
  const c = 1 / sqrt(9 * d);
  // Draws 4, 5 … are pairs of uniforms from 8 on; 2 and 3 stay unused, so that none is used twice.
  for (let draw: u64 = 4; ; draw += 2) {
    const x = normalAt(stream, draw);
    const base = 1 + c * x;
    const v = base * base * base;
    const u = uniformAt(stream, 2 * draw + 2);
    if (v <= 0 || Math.log(u) >= 0.5 * x * x + d - d * v + d * Math.log(v)) continue;
    return isSmall ? d * v * Math.pow(uniformAt(stream, 4), 1 / shape) : d * v;
  }
}

function rub(stream: u64): void {
  const decay = Math.exp(-timestep / relaxationTime);
  const noise = sqrt(temperature * (1 - decay * decay));
  for (let slot: u32 = 0, slots = clusterCount << 2; slot < slots; slot++) {
    const id = load<u32>(members + (<usize>slot << 2));
    if (id == NOBODY) continue;
    const place = bodies + <usize>(slot >> 2) * BODY_BYTES + (<usize>(slot & 3) << 3) + 96;
    for (let component: u32 = 0; component < 3; component++) {
      const speed = place + (<usize>component << 5);
      store<f64>(speed, decay * load<f64>(speed) + noise * normalAt(stream, 3 * <u64>id + component));
    }
  }
}
