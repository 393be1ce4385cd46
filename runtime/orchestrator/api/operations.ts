/** Everything that the orchestrator can be asked, in the order of its document. A test holds it against the routes. */
import type { Operation } from '../../http/openapi/operation.ts';
import { eventOperations } from './operations/events.ts';
import { fileOperations } from './operations/files.ts';
import { fleetOperations } from './operations/fleet.ts';
import { runOperations } from './operations/runs.ts';
import { submissionOperations } from './operations/submissions.ts';
import { systemOperations } from './operations/system.ts';
import { taskOperations } from './operations/tasks.ts';
import { timelineOperations } from './operations/timeline.ts';

export const operations: readonly Operation[] = [
  ...submissionOperations,
  ...runOperations,
  ...taskOperations,
  ...fileOperations,
  ...fleetOperations,
  ...eventOperations,
  ...timelineOperations,
  ...systemOperations,
];

/** Paths that answer without a token. */
export const openPaths: readonly string[] = operations.filter(({ isOpen }) => isOpen).map(({ path }) => path);
