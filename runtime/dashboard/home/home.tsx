import { Runs } from './runs.tsx';
import { Workers } from './workers.tsx';

/** The fleet: who works, on what, and what is to be done. */
export function Home() {
  return (
    <div class="columns">
      <Workers />
      <Runs />
    </div>
  );
}
