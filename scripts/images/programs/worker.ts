/** What the worker's image starts. */
import { workerCommand } from '../../../runtime/worker/main.ts';

await workerCommand().parseAsync();
