import type { GuardOptions } from '../../http/guard.ts';
import type { HealthCheck } from '../../http/health.ts';
import type { Exposition } from '../../process/exposition.ts';
import type { Transport } from '../../transport/transport.ts';
import type { FunctionListing } from '../../wire/invocation.ts';
import type { Overview } from '../../wire/overview.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import type { EventHub } from '../events/event-hub.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { FrameHub } from '../frames/frame-hub.ts';
import type { RemoteLedger } from '../ledger/ledger-host.ts';
import type { RunSummaries } from '../runs/run-summaries.ts';
import type { TaskSearches } from '../search/task-searches.ts';
import type { Vocabulary } from '../search/vocabulary.ts';
import type { AttemptHistory } from '../timeline/attempt-history.ts';
import type { Page } from './routes/page.ts';
import type { RunWaiters } from './run-waiters.ts';
import type { SubmissionRules } from './submission.ts';

/** What the routes answer from. */
export interface OrchestratorDependencies {
  readonly ledgerId: string;
  readonly ledger: RemoteLedger;
  readonly dispatcher: Pick<Dispatcher, 'tasksQueued' | 'attemptsCancelled' | 'currentTasks' | 'progressOf' | 'view'>;
  readonly transport: Pick<Transport, 'drain' | 'readFrame'>;
  readonly fleet: Fleet;
  readonly waiters: RunWaiters;
  readonly metrics: Exposition;
  /** Null where it is not built. */
  readonly page: Page | null;
  readonly events: Pick<EventHub, 'watch'>;
  readonly frames: Pick<FrameHub, 'watch'>;
  readonly history: AttemptHistory;
  readonly overview: () => Promise<Overview>;
  readonly artifacts: Pick<ArtifactStore, 'list' | 'read'>;
  readonly blobs: Pick<BlobStore, 'has' | 'put' | 'read'>;
  readonly searches: TaskSearches;
  /** What the names in a search mean. */
  readonly vocabulary: Vocabulary;
  readonly summaries: Pick<RunSummaries, 'summary' | 'grid'>;
  readonly rules: SubmissionRules;
  readonly functions: readonly FunctionListing[];
  /** Reads the task file anew. @throws Problem `task_file_not_found` */
  readonly readTaskFile: () => Promise<{ text: string; name: string }>;
  readonly newRunId: () => string;
  readonly now: () => number;
  readonly guard: GuardOptions;
  readonly version: string;
  /** How often workers are asked to register again. */
  readonly heartbeatMs: number;
  /** What must be so for tasks to be taken. */
  readonly readiness: readonly HealthCheck[];
  readonly logError: (error: unknown, path: string) => void;
}
