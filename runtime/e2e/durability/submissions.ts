/** Submissions one after the other, and the account of them: acknowledged ⊆ present ⊆ attempted. */
import assert from 'node:assert/strict';
import type { SubmissionAnswer } from '../../wire/orchestrator-api.ts';
import type { Cluster } from '../chaos/cluster.ts';

const TIMEOUT_MS = 10_000;

/** What was sent, and what was answered. */
export class Submissions {
  /** Task ids of every submission that was sent, by idempotency key. */
  readonly attempted = new Map<string, readonly string[]>();
  /** Runs that a 2xx named, by idempotency key. */
  readonly acknowledged = new Map<string, string>();
  /** Keys that got a 2xx after another submission had failed. */
  readonly late: string[] = [];
  #hasFailed = false;

  /** True once a submission was not acknowledged. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Sends tasks once. @returns whether they were acknowledged */
  async send(url: string, key: string, tasks: readonly { id: string }[]): Promise<boolean> {
    this.attempted.set(
      key,
      tasks.map(({ id }) => id),
    );
    const answer = await post(url, key, tasks);
    if (!answer) {
      this.#hasFailed = true;
      return false;
    }
    if (this.#hasFailed) this.late.push(key);
    this.acknowledged.set(key, answer.run_id);
    return true;
  }

  /** Reads what the orchestrator has. @throws AssertionError when the account is not even */
  async assertAccount(cluster: Cluster): Promise<void> {
    assert.deepEqual(this.late, [], 'a 2xx came after a failure');
    const runs = (await cluster.client.runs()).map(({ run_id }) => run_id);
    for (const [key, run] of this.acknowledged)
      assert.ok(runs.includes(run), `${key} was acknowledged as ${run} and is not there`);
    const ids: string[] = [];
    for await (const task of cluster.client.tasks()) ids.push(task.id);
    assert.equal(new Set(ids).size, ids.length, 'a task is there twice');
    const attempted = new Set([...this.attempted.values()].flat());
    for (const id of ids) assert.ok(attempted.has(id), `${id} was never submitted`);
  }

  /** Sends everything again. @throws AssertionError when a key gives another run than it did, or makes tasks twice */
  async assertReplays(cluster: Cluster, task: (id: string) => { id: string }): Promise<void> {
    for (const [key, ids] of this.attempted) {
      const answer = await post(cluster.orchestrator.url, key, ids.map(task));
      assert.ok(answer, `${key} is not accepted after the restart`);
      if (this.acknowledged.has(key))
        assert.equal(answer.run_id, this.acknowledged.get(key), `${key} gives another run`);
      this.acknowledged.set(key, answer.run_id);
    }
    await this.assertAccount(cluster);
  }
}

/** Null for anything but a 2xx. */
async function post(url: string, key: string, tasks: readonly object[]): Promise<SubmissionAnswer | null> {
  try {
    const answer = await fetch(`${url}/execute_tasks`, {
      method: 'POST',
      body: JSON.stringify({ tasks }),
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = (await answer.json()) as SubmissionAnswer;
    return answer.ok ? body : null;
  } catch {
    return null;
  }
}
