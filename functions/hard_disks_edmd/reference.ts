/** The plain way, as an oracle for tests: every pair in all its images is looked at anew before each collision. */

/** Positions x0 y0 x1 y1 …, then velocities, as a snapshot of the kernel has them. */
export interface Disks {
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  readonly width: number;
  readonly height: number;
}

/** What happened: when after the collision before, between whom (the smaller index first), with what d · Δp. */
export interface Collision {
  readonly flight: number;
  readonly pair: readonly [number, number];
  readonly virial: number;
}

interface Meeting {
  readonly flight: number;
  readonly i: number;
  readonly j: number;
  readonly dx: number;
  readonly dy: number;
}

/** Changes the disks by one collision. */
export function collideNext(disks: Disks): Collision {
  const meeting = firstMeeting(disks);
  const { positions, velocities } = disks;
  for (let k = 0; k < positions.length; k++) positions[k]! += velocities[k]! * meeting.flight;
  return { flight: meeting.flight, pair: [meeting.i, meeting.j], virial: exchange(velocities, meeting) };
}

function firstMeeting(disks: Disks): Meeting {
  const count = disks.positions.length / 2;
  let first: Meeting = { flight: Infinity, i: -1, j: -1, dx: 0, dy: 0 };
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      for (const meeting of meetings(disks, i, j)) if (meeting.flight < first.flight) first = meeting;
    }
  }
  return first;
}

/** The meetings of two disks in the images around, five by five. */
function* meetings({ positions, velocities, width, height }: Disks, i: number, j: number): Generator<Meeting> {
  const vx = velocities[2 * j]! - velocities[2 * i]!;
  const vy = velocities[2 * j + 1]! - velocities[2 * i + 1]!;
  const x0 = positions[2 * j]! - positions[2 * i]!;
  const y0 = positions[2 * j + 1]! - positions[2 * i + 1]!;
  for (let image = 0; image < 25; image++) {
    const x = x0 + width * ((image % 5) - 2 - Math.round(x0 / width));
    const y = y0 + height * (Math.floor(image / 5) - 2 - Math.round(y0 / height));
    const approach = x * vx + y * vy;
    const root = approach ** 2 - (vx ** 2 + vy ** 2) * (x ** 2 + y ** 2 - 1);
    if (approach >= 0 || root < 0) continue;
    const flight = (-approach - Math.sqrt(root)) / (vx ** 2 + vy ** 2);
    yield { flight, i, j, dx: x + vx * flight, dy: y + vy * flight };
  }
}

function exchange(velocities: Float64Array, { i, j, dx, dy }: Meeting): number {
  const along = (velocities[2 * j]! - velocities[2 * i]!) * dx + (velocities[2 * j + 1]! - velocities[2 * i + 1]!) * dy;
  velocities[2 * i]! += along * dx;
  velocities[2 * i + 1]! += along * dy;
  velocities[2 * j]! -= along * dx;
  velocities[2 * j + 1]! -= along * dy;
  return -along;
}
