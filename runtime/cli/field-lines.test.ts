import { describe, expect, it } from 'vitest';
import { fieldLines } from './field-lines.ts';

describe('the fields of a task', () => {
  it('are lines: rows counted, averages with their errors, verdicts in words', () => {
    const result = {
      thermo: [
        { step: 0, temp: 1 },
        { step: 100, temp: 0.9 },
      ],
      averages: { temp: { mean: 0.8722, error: 0.014022 }, press: { mean: 1.67, error: 0.2268 } },
      checks: [
        { name: 'momentum', value: 1.2341e-8, bound: 1e-5, ok: true },
        { name: 'energy_drift', value: 0.25, bound: 1e-4, ok: false },
      ],
      box: [1, 2],
      nothing: {},
      digest: 'abc',
    };
    expect(fieldLines('result', result)).toEqual([
      'result:',
      '  thermo               2 rows of step, temp',
      '  averages.temp        0.8722 ± 0.014',
      '  averages.press       1.67 ± 0.227',
      '  checks.momentum      holds: 1.23e-8, at most 0.00001',
      '  checks.energy_drift  FAILED: 0.25, at most 0.0001',
      '  box                  [1,2]',
      '  nothing              {}',
      '  digest               abc',
    ]);
  });

  it('are none where there are none', () => {
    expect(fieldLines('result', null)).toEqual([]);
    expect(fieldLines('measured', {})).toEqual([]);
  });

  it('end somewhere, and do not drive the terminal', () => {
    const [, line] = fieldLines('parameters', { 'te\u001bxt': `\u001b[31m${'x'.repeat(1000)}` });
    expect(line).toMatch(/^ {2}te\ufffdxt {2}\ufffd\[31mx+…$/);
    expect(line!.length).toBeLessThan(120);
  });
});
