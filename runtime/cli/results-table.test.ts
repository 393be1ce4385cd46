import { describe, expect, it } from 'vitest';
import { fakeTask } from '../client/testing/fake-orchestrator.ts';
import { Problem } from '../wire/problem.ts';
import { renderResults, summarize } from './results-table.ts';
import { writeTasksCsv } from './tasks-csv.ts';
import { MemoryStream } from './testing/memory-terminal.ts';

const DONE = fakeTask({
  id: 'small',
  duration: 0.267,
  parameters: { seed: 42, nested: { deep: true } },
  result: { particle_collisions: 303, digest: '8967400646c2a458', first_position: [1.5, 2], trace: [1, 2, 3, 4, 5] },
  measured: { steps_per_second: 48_509.9 },
});
const BARE = fakeTask({ id: 'other', parameters: { steps: 1 }, result: { text: 'a, "b"' }, measured: null });
const SUSPECT = fakeTask({
  id: 'drifting',
  result: {
    digest: '8967400646c2a458',
    checks: [
      { name: 'momentum', value: 0, bound: 1e-9, ok: true },
      { name: 'energy_drift', value: 0.25, bound: 1e-4, ok: false },
    ],
  },
});
const FAILED = fakeTask({
  id: 'bad',
  status: 'failed',
  attempts: 3,
  result: null,
  duration: null,
  worker_id: null,
  error: new Problem('function_error', 'it broke\nin two \u001b[31mlines').toJSON(),
});

describe('the table of results', () => {
  it('has what there is and blanks for what there is not', () => {
    expect(renderResults([DONE, BARE], new MemoryStream()).split('\n')).toEqual([
      'task   type       worker   attempts  collisions           speed     time  digest',
      'small  benchmark  worker1         1         303  48.5 k steps/s  0.267 s  8967400646c2',
      'other  benchmark  worker1         1                               1.50 s',
    ]);
  });

  it('gives the reasons of failures below, on one line each', () => {
    const lines = renderResults([DONE, FAILED], new MemoryStream()).split('\n');
    expect(lines[2]).toMatch(/^bad .* 3 .* failed$/);
    expect(lines.slice(3)).toEqual(['', 'failed bad: it broke in two \uFFFD[31mlines']);
  });

  it('ends somewhere', () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ ...FAILED, id: `t${index}` }));
    const lines = renderResults(many, new MemoryStream()).split('\n');
    expect(lines).toContain('… and 800 more: --json prints all');
    expect(lines.at(-1)).toBe('… and 980 more that did not succeed');
    expect(lines.length).toBeLessThan(230);
  });

  it('marks a suspect result, and says below what failed', () => {
    const lines = renderResults([DONE, SUSPECT], new MemoryStream()).split('\n');
    expect(lines[2]).toMatch(/8967400646c2 suspect$/);
    expect(lines.slice(3)).toEqual(['', 'suspect drifting: energy_drift is 0.250, at most 0.000100 was expected']);
    expect(summarize([DONE, SUSPECT])).toBe('2 tasks: 2 succeeded (1 suspect)');
  });

  it('is summed up', () => {
    expect(summarize([DONE, FAILED, BARE])).toBe('3 tasks: 2 succeeded, 1 failed');
  });
});

describe('CSV', () => {
  it('has a column for every scalar, those of one kind together', async () => {
    const stream = new MemoryStream();
    await writeTasksCsv(() => [DONE, BARE], stream);
    const [head, first, second] = stream.text.trim().split('\n');
    expect(head).toBe(
      'run_id,task,type,priority,status,worker,attempts,duration,suspect,error,parameters.seed,parameters.nested.deep,' +
        'parameters.steps,result.particle_collisions,result.digest,result.first_position.0,result.first_position.1,' +
        'result.text,measured.steps_per_second',
    );
    expect(first).toBe('r1,small,benchmark,5,succeeded,worker1,1,0.267,,,42,true,,303,8967400646c2a458,1.5,2,,48509.9');
    expect(second).toBe('r1,other,benchmark,5,succeeded,worker1,1,1.5,,,,,1,,,,,"a, ""b""",');
  });

  it('names the checks that failed, and leaves their numbers out', async () => {
    const stream = new MemoryStream();
    await writeTasksCsv(() => [SUSPECT], stream);
    const [head, row] = stream.text.trim().split('\n');
    expect(head).not.toContain('checks');
    expect(row).toContain(',energy_drift,');
  });

  it('of nothing is a line of heads', async () => {
    const stream = new MemoryStream();
    await writeTasksCsv(() => [], stream);
    expect(stream.text).toBe('run_id,task,type,priority,status,worker,attempts,duration,suspect,error\n');
  });
});
