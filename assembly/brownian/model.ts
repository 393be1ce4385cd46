/**
 * The model and its exact solution over any time. Free or in a harmonic trap, every coordinate is a linear system with
 * white noise, so a step of any length can be taken without a time-step error:
 *
 *     overdamped       x' = a x + s ξ
 *     underdamped      x' = xx x + xv v + onX ξ₁ + alsoOnX ξ₂        v' = vx x + vv v + onV ξ₁
 *
 * with the means of the damped oscillator, and the noise that keeps kT/k and kT/m (Uhlenbeck and Ornstein 1930;
 * Chandrasekhar 1943). The particles start at the centre, with thermal velocities.
 */

export const OVERDAMPED: u32 = 0;
export const UNDERDAMPED: u32 = 1;

export let isUnderdamped: bool = false;
let temperature: f64 = 1;
let friction: f64 = 1;
let mass: f64 = 1;
/** 0 without a trap. */
let stiffness: f64 = 0;
export let timestep: f64 = 1;

/** The means over a time step. */
export let xx: f64 = 1;
export let xv: f64 = 0;
export let vx: f64 = 0;
export let vv: f64 = 1;
/** Its noise. */
export let onX: f64 = 0;
export let alsoOnX: f64 = 0;
export let onV: f64 = 0;

/** Sets the model, and solves it for a time step. */
export function setModel(
  isUnderdamped_: bool,
  temperature_: f64,
  friction_: f64,
  mass_: f64,
  stiffness_: f64,
  timestep_: f64,
): void {
  isUnderdamped = isUnderdamped_;
  temperature = temperature_;
  friction = friction_;
  mass = mass_;
  stiffness = stiffness_;
  timestep = timestep_;
  if (isUnderdamped) solveUnderdamped(timestep);
  else solveOverdamped(timestep);
}

/** The root mean square of a thermal velocity, per coordinate. */
export function thermalSpeed(): f64 {
  return sqrt(temperature / mass);
}

/**
 * The variance of a coordinate after `time`: in a trap kT/k (1 − ρ²), with ρ the mean of a start at 1; free 2 D t
 * (Einstein), or with inertia 2 D (t − τ (1 − exp(−t/τ))) (Fürth), τ = m/γ.
 */
export function varianceAfter(time: f64): f64 {
  const diffusion = temperature / friction;
  if (!isUnderdamped) {
    if (stiffness == 0) return 2 * diffusion * time;
    return -(temperature / stiffness) * Math.expm1((-2 * stiffness * time) / friction);
  }
  const relaxation = mass / friction;
  if (stiffness == 0) return 2 * diffusion * (time + relaxation * Math.expm1(-time / relaxation));
  solveTrapped(time);
  const variance = (temperature / stiffness) * (1 - xx * xx);
  solveTrapped(timestep);
  return variance;
}

/** The variance of a velocity after `time`: kT/m, less in a trap, where a start at the centre slows the fast ones down. */
export function velocityVarianceAfter(time: f64): f64 {
  if (stiffness == 0) return temperature / mass;
  solveTrapped(time);
  const variance = temperature / mass - (temperature / stiffness) * vx * vx;
  solveTrapped(timestep);
  return variance;
}

function solveOverdamped(time: f64): void {
  xx = Math.exp((-stiffness * time) / friction);
  onX = sqrt(varianceAfter(time));
}

function solveUnderdamped(time: f64): void {
  if (stiffness == 0) return solveFree(time);
  solveTrapped(time);
  const ofX = temperature / stiffness;
  const ofV = temperature / mass;
  setNoise(
    ofX * (1 - xx * xx) - ofV * xv * xv,
    -ofX * xx * vx - ofV * xv * vv,
    ofV * (1 - vv * vv) - ofX * vx * vx,
  );
}

function solveFree(time: f64): void {
  const rate = friction / mass;
  const lost = -Math.expm1(-rate * time);
  xx = 1;
  xv = lost / rate;
  vx = 0;
  vv = 1 - lost;
  const ofV = temperature / mass;
  setNoise(
    (ofV / (rate * rate)) * (2 * rate * time - 2 * lost - lost * lost),
    (ofV / rate) * lost * lost,
    ofV * lost * (2 - lost),
  );
}

/** The means of the damped oscillator: C and S stand for exp(−ht) cos ωt and exp(−ht) sin(ωt)/ω, or what they become. */
function solveTrapped(time: f64): void {
  const h = (0.5 * friction) / mass;
  const square = stiffness / mass;
  const excess = h * h - square;
  const omega = sqrt(abs(excess));
  const decay = Math.exp(-h * time);
  let C = decay;
  let S = decay * time;
  if (omega * time > 1e-4) {
    if (excess < 0) {
      C = decay * Math.cos(omega * time);
      S = (decay * Math.sin(omega * time)) / omega;
    } else {
      const slow = Math.exp((-square / (h + omega)) * time);
      const fast = Math.exp(-(h + omega) * time);
      C = 0.5 * (slow + fast);
      S = (slow - fast) / (2 * omega);
    }
  }
  xx = C + h * S;
  xv = S;
  vx = -square * S;
  vv = C - h * S;
}

/** The noise with these variances and covariance. Roundings may leave the smallest of them below 0. */
function setNoise(ofX: f64, ofBoth: f64, ofV: f64): void {
  onV = sqrt(max(0, ofV));
  onX = onV > 0 ? ofBoth / onV : 0;
  alsoOnX = sqrt(max(0, ofX - onX * onX));
}
