import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { fakeRun, fakeTask } from '../client/testing/fake-orchestrator.ts';
import { Problem } from '../wire/problem.ts';
import { createProgressView } from './progress.ts';
import { MemoryStream } from './testing/memory-terminal.ts';

const RUNNING = fakeTask({ id: 'b', status: 'running', duration: null, progress: { done: 1, total: 4 } });
const FAILED = fakeTask({ id: 'c', status: 'failed', error: new Problem('timeout', 'too late').toJSON() });

describe('progress on a pipe', () => {
  it('is a line for each task that ends', () => {
    const stream = new MemoryStream();
    const view = createProgressView(stream);
    view.update(fakeRun([RUNNING]), [RUNNING]);
    view.ended(fakeTask({ id: 'a' }));
    view.ended(FAILED);
    view.note('by the way');
    view.stop();
    expect(stream.text).toBe('done a on worker1 in 1.50 s\nfailed c on worker1 in 1.50 s: too late\nby the way\n');
  });

  it('is a line now and then for a large run', () => {
    const stream = new MemoryStream();
    let now = 0;
    const view = createProgressView(stream, () => now);
    const run = fakeRun([...Array(90).fill(fakeTask({ id: 'x' })), ...Array(9).fill(FAILED), RUNNING]);
    view.update(run, []);
    now = 6_000;
    view.update(run, []);
    now = 7_000;
    view.update(run, []);
    expect(stream.text).toBe('99 of 100 tasks done, 9 failed\n');
  });
});

describe('progress on a terminal', () => {
  it('is a bar for the run and one for each running task', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const stream = Object.assign(new MemoryStream(true), { cursorTo() {}, clearLine() {}, moveCursor() {} });
    const view = createProgressView(stream);
    view.update(fakeRun([fakeTask({ id: 'a' }), RUNNING]), [RUNNING]);
    vi.advanceTimersByTime(500);
    view.stop();
    expect(stream.text).toContain(`[${'='.repeat(15)}${' '.repeat(15)}] 1 of 2 done, 1 running`);
    expect(stream.text).toContain(`[${'='.repeat(8)}${' '.repeat(22)}] b on worker1`);
  });
});
