/** The command line, for those who have the orchestrator's image and no npm: `docker-compose exec orchestrator motes status`. */
import { main } from '../../../runtime/cli/main.ts';

await main();
