/** What the scripts of the packages do. */
import type { Step } from './steps.ts';

const DOCKER: Step = {
  kind: 'run',
  command: ['docker', 'info'],
  isQuiet: true,
  otherwise: 'The Docker engine does not answer: install Docker, start it, or ask for the right to use it.',
};

function requireImage(image: string): Step {
  const command = ['docker', 'image', 'inspect', image];
  return { kind: 'run', command, isQuiet: true, otherwise: `${image} is not loaded: run load_images first.` };
}

function say(text: string): Step {
  return { kind: 'say', text };
}

/** Checks the archive, then loads it. */
export function loadImagesSteps(archive: string, next: string): Step[] {
  return [
    say(`Checking ${archive}`),
    {
      kind: 'checksum',
      file: archive,
      otherwise: `${archive} is damaged: its SHA-256 is not the one in ${archive}.sha256. Nothing was loaded; copy the package again.`,
    },
    DOCKER,
    { kind: 'run', command: ['docker', 'load', '-i', archive] },
    say(`Loaded. Now run ${next}`),
  ];
}

/** Starts the package's one worker. */
export function runWorkerSteps(worker: { id: string; port: number; image: string }): Step[] {
  return [
    DOCKER,
    requireImage(worker.image),
    { kind: 'compose', command: ['up', '-d'] },
    say(`${worker.id} answers on port ${worker.port}. Its log: docker-compose logs -f`),
  ];
}

/** Asks for the addresses of workers that do not register themselves, and starts the orchestrator. */
export function runOrchestratorSteps(setting: { image: string; workers: readonly string[] }): Step[] {
  const variables = setting.workers.map((id) => `${id.toUpperCase()}_IP`);
  const questions = setting.workers.map((id, index): Step => {
    const question = `Address of ${id} (empty if it registers itself)`;
    return { kind: 'ask', variable: variables[index]!, argument: index + 1, question };
  });
  return [
    DOCKER,
    requireImage(setting.image),
    ...questions,
    { kind: 'save', file: 'workers.env', variables },
    { kind: 'compose', command: ['up', '-d'] },
    say('The orchestrator answers on port 5000. Now run verify_system'),
  ];
}

/** Ends what the package started; volumes stay. */
export function stopSteps(): Step[] {
  return [{ kind: 'compose', command: ['down'] }];
}

/** Checks the whole system from within the orchestrator's container. */
export function verifySystemSteps(): Step[] {
  return [{ kind: 'compose', command: ['exec', '-T', 'orchestrator', 'verify-system'], passesArguments: true }];
}

/** Runs the motes command within the orchestrator's container. */
export function motesSteps(): Step[] {
  return [{ kind: 'compose', command: ['exec', '-T', 'orchestrator', 'motes'], passesArguments: true }];
}
