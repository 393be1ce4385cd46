/** `trajectory.xyz`: where the particles were, every so many steps, as an artifact that OVITO, ASE and VMD read. */
import type { InvocationContext } from '../runtime/function/context.ts';
import type { Frame } from '../runtime/function/frame.ts';
import type { Recurring } from './advance.ts';
import { writeXyz } from './configuration/extended-xyz.ts';
import { wholeNumber } from './number-fields.ts';

const NAME = 'trajectory.xyz';

/** The parameter that asks for it. */
export const trajectoryEvery = wholeNumber({
  title: 'Trajectory every',
  description: `Steps from frame to frame of the artifact ${NAME}, extended XYZ, the start included; 0 writes none.`,
  from: 0,
  to: 1_000_000_000,
  byDefault: 0,
});

/**
 * Writes the start, unless this attempt resumes, and every later frame when it is due.
 * @param frame the particles as they are now
 */
export function recordTrajectory(context: InvocationContext, every: number, frame: () => Frame): Recurring {
  const append = (): void => {
    const trajectory = context.artifact(NAME);
    for (const block of writeXyz(frame())) trajectory.append(block);
  };
  if (every > 0 && context.resumeFrom === null) append();
  return { every, due: append };
}
