import { describe, expect, it } from 'vitest';
import { Distribution, Tally, WorkDistributions } from './distribution.ts';
import { Exposition } from './exposition.ts';

/** The lines of one metric. */
async function linesOf(exposition: Exposition, name: string): Promise<string[]> {
  return (await exposition.text()).split('\n').filter((line) => line.includes(name));
}

describe('an exposition', () => {
  it('has what every process tells, without names that Prometheus frowns at', async () => {
    const text = await new Exposition('1.2.3').text();
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).not.toMatch(/^# TYPE \w+_total gauge$/m);
    expect(text).toContain('\nmotes_build_info{version="1.2.3"} 1\n');
  });

  it('reads gauges and counters when it is asked, not before', async () => {
    const exposition = new Exposition('1');
    let count = 0;
    exposition.counter('motes_x_total', 'What is counted.', () => [[{ cause: 'a "b"\n' }, ++count]]);
    exposition.gauge('motes_y', 'What is there.', async () => [[{}, 7]]);
    expect(await linesOf(exposition, 'motes_x_total')).toEqual([
      '# HELP motes_x_total What is counted.',
      '# TYPE motes_x_total counter',
      String.raw`motes_x_total{cause="a \"b\"\n"} 1`,
    ]);
    expect(await linesOf(exposition, 'motes_y')).toContain('motes_y 7');
    expect(count).toBe(2);
  });

  it('has histograms as Prometheus has them: each bucket holds all below its bound', async () => {
    const exposition = new Exposition('1');
    const distribution = new Distribution([0.1, 1]);
    for (const seconds of [0.05, 0.1, 0.5, 7]) distribution.observe(seconds);
    exposition.histogram('motes_x_seconds', 'How long.', () => [[{ function: 'noop' }, distribution]]);
    expect(await linesOf(exposition, 'motes_x_seconds')).toEqual([
      '# HELP motes_x_seconds How long.',
      '# TYPE motes_x_seconds histogram',
      'motes_x_seconds_bucket{function="noop",le="0.1"} 2',
      'motes_x_seconds_bucket{function="noop",le="1"} 3',
      'motes_x_seconds_bucket{function="noop",le="+Inf"} 4',
      'motes_x_seconds_sum{function="noop"} 7.65',
      'motes_x_seconds_count{function="noop"} 4',
    ]);
  });
});

describe('what is counted', () => {
  it('is kept apart by function and outcome', () => {
    const work = new WorkDistributions();
    work.observe('noop', 'succeeded', 1);
    work.observe('noop', 'failed', 2);
    work.observe('noop', 'succeeded', 3);
    expect([...work.entries()].map(([labels, { sum }]) => [labels.function, labels.outcome, sum])).toEqual([
      ['noop', 'succeeded', 4],
      ['noop', 'failed', 2],
    ]);
  });

  it('is there at 0 before it happens, where its names are known', () => {
    const tally = new Tally(['a', 'b']);
    tally.add('b');
    tally.add('b', 2);
    expect([...tally.counts]).toEqual([
      ['a', 0],
      ['b', 3],
    ]);
  });
});
