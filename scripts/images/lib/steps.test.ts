import { describe, expect, test } from 'vitest';
import {
  loadImagesSteps,
  motesSteps,
  runOrchestratorSteps,
  runWorkerSteps,
  stopSteps,
  verifySystemSteps,
} from './package-steps.ts';
import { renderBatch, renderShell, type Step } from './steps.ts';

const SCRIPTS: { name: string; steps: Step[] }[] = [
  { name: 'load_images', steps: loadImagesSteps('particle-worker.tar.gz', 'run_worker1') },
  { name: 'run_worker1', steps: runWorkerSteps({ id: 'worker1', port: 8001, image: 'particle-worker:1.0' }) },
  {
    name: 'run_orchestrator',
    steps: runOrchestratorSteps({ image: 'particle-orchestrator:1.0', workers: ['worker1', 'worker2'] }),
  },
  { name: 'stop', steps: stopSteps() },
  { name: 'verify_system', steps: verifySystemSteps() },
  { name: 'motes', steps: motesSteps() },
];

/** The programs that a rendered script runs, without what is the shell's own. */
function commandsOf(script: string): string[] {
  return script
    .split(/\r?\n/)
    .map((line) => line.replace('%COMPOSE%', 'compose').replace('$COMPOSE', 'compose'))
    .filter((line) => /^(docker|compose) /.test(line) && !line.startsWith('docker compose version'))
    .map((line) => line.replace(/ (\|\||>).*$/, '').replace(/ ("\$@"|%\*)$/, ' ARGUMENTS'));
}

/** Everything that a step shows. */
function textsOf(step: Step): string[] {
  const { text, question, otherwise } = step as { text?: string; question?: string; otherwise?: string };
  return [text, question, otherwise].filter((one) => one !== undefined);
}

describe('the scripts of packages', () => {
  test.each(SCRIPTS)('$name runs the same commands in both shells', ({ steps }) => {
    const [shell, batch] = [renderShell(steps), renderBatch(steps)];
    const wanted = steps.flatMap((step) => ('command' in step ? [step.command.slice(0, 3).join(' ')] : []));
    expect(commandsOf(batch)).toEqual(commandsOf(shell));
    expect(commandsOf(shell)).toHaveLength(wanted.length);
  });

  test.each(SCRIPTS)('$name shows the same in both shells', ({ steps }) => {
    const [shell, batch] = [renderShell(steps), renderBatch(steps).replaceAll('^', '')];
    for (const text of steps.flatMap(textsOf)) {
      expect(shell).toContain(text);
      expect(batch).toContain(text);
    }
  });

  test('have the line ends of their systems', () => {
    expect(renderShell(stopSteps())).not.toContain('\r');
    expect(renderBatch(stopSteps()).replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test('hold nothing that one of the shells would take for something else', () => {
    for (const word of ['a b', '%PATH%', '$HOME', '"', '`id`', '^', '&', ';'])
      expect(() => renderShell([{ kind: 'run', command: ['docker', word] }])).toThrow('would not mean the same');
    expect(() => renderBatch([{ kind: 'say', text: '50% | more' }])).toThrow('would not mean the same');
  });
});
