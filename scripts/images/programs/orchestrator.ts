/** What the orchestrator's image starts. */
import { orchestratorCommand } from '../../../runtime/orchestrator/main.ts';

await orchestratorCommand().parseAsync();
