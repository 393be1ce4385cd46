/** A worker as the wire knows it: slots, a queue, an outbox, an instance; it crashes, freezes, drains, and may lie. */
import {
  type AttemptKey,
  type AttemptRequest,
  attemptKeyString,
  type BareEvent,
  type FailedAs,
  type InvocationEvent,
  type Outbox,
  type Ping,
  PROTOCOL_VERSION,
} from '../../wire/invocation.ts';
import { Problem } from '../../wire/problem.ts';
import type { Registration } from '../../wire/registration.ts';
import type { Network, Stream } from './network.ts';
import { checkpointedMs, failed, inventedEvent, keyOf, label, refusedEvent } from './simulated-events.ts';
import { resultOf, type TaskParameters } from './simulated-function.ts';
import { SimulatedProcess } from './simulated-process.ts';
import type { WorkerFlaws, WorkerNature, WorkerObserver } from './worker-nature.ts';

interface Invocation {
  readonly request: AttemptRequest;
  readonly parameters: TaskParameters;
  readonly sinks: Set<Stream>;
  state: 'waiting' | 'running' | 'ended';
  stopReason: FailedAs | null;
  doneMs: number;
  seq: number;
  startedAtMs: number;
  checkpoint: string | null;
  logLines: number;
}

const HEARTBEAT_MS = 1_000;
/** Work between two checkpoints. */
const SLICE_MS = 400;
/** A stopped function ends within this. */
const STOP_MS = 20;

export class SimulatedWorker extends SimulatedProcess {
  readonly nature: WorkerNature;
  readonly flaws: WorkerFlaws = {
    isBroken: false,
    isGarbling: false,
    cutsStreams: false,
    ignoresDeadlines: false,
    hasWrongBits: false,
    invents: false,
  };
  isDraining = false;
  readonly #observer: WorkerObserver;
  readonly #invocations = new Map<string, Invocation>();
  readonly #outbox = new Map<string, InvocationEvent[]>();

  constructor(nature: WorkerNature, network: Network, observer: WorkerObserver) {
    super(nature.id, nature.clockRate, network);
    this.nature = nature;
    this.#observer = observer;
  }

  override get isIdle(): boolean {
    return this.#invocations.size === 0;
  }

  /** Outcomes that nobody has acknowledged. */
  get unacknowledged(): string[] {
    return [...this.#outbox.values()].map((events) => label(events.at(-1) as AttemptKey));
  }

  protected override listen(): void {
    this.network.listeners.set(this.url, this);
  }

  protected override born(): void {
    this.isDraining = false;
    this.#invocations.clear();
    this.#outbox.clear();
    this.#beat();
  }

  #beat(): void {
    const byStream = new Map<Stream, InvocationEvent[]>();
    for (const one of this.#invocations.values()) {
      const event = this.#event(one, { event: 'heartbeat' });
      for (const sink of one.sinks) byStream.set(sink, [...(byStream.get(sink) ?? []), event]);
    }
    for (const [stream, events] of byStream) this.#push(stream, events);
    this.later(HEARTBEAT_MS, () => this.#beat());
  }

  /** Takes no more; hands back after the grace what still runs, and then may end. */
  drain(graceMs: number): void {
    if (this.isDraining) return;
    this.isDraining = true;
    this.note('drains');
    this.later(graceMs, () => {
      for (const one of [...this.#invocations.values()]) this.#stop(one, 'released');
    });
  }

  // ---- what it answers ----

  ping(): Ping {
    if (this.flaws.isGarbling) throw this.#garbage();
    return {
      status: 'online',
      worker_id: this.id,
      timestamp: '',
      current_task: null,
      current_tasks: [...this.#invocations.keys()],
      waiting: 0,
      protocol: PROTOCOL_VERSION,
      ...this.#described(),
    };
  }

  registration(): Registration {
    return { id: this.id, protocol: PROTOCOL_VERSION, host: this.id, port: this.port, ...this.#described() };
  }

  #described() {
    const functions = Object.fromEntries(this.nature.functions.map((name) => [name, 'v1']));
    return {
      ...{ instance: this.instance, slots: this.nature.slots, slot_memory_bytes: 2 ** 30 },
      ...{ functions, draining: this.isDraining },
    };
  }

  /** `POST /invoke` of many: each is taken, joined, answered from the outbox, or refused by itself. */
  invoke(requests: readonly AttemptRequest[], stream: Stream): void {
    if (this.#garbles(stream)) return;
    const joined: Invocation[] = [];
    for (const request of requests) {
      this.#observer.delivered(request);
      const kept = this.#outbox.get(attemptKeyString(request));
      const here = this.#invocations.get(attemptKeyString(request));
      if (kept) this.#push(stream, kept);
      else if (here) joined.push(here);
      else {
        const refusal = this.#refusal();
        if (refusal) stream.push([refusedEvent(request, refusal)]);
        else joined.push(this.#take(request));
      }
    }
    this.#listen(stream, joined);
  }

  follow(stream: Stream): void {
    if (this.#garbles(stream)) return;
    for (const events of this.#outbox.values()) this.#push(stream, events);
    this.#listen(stream, [...this.#invocations.values()]);
  }

  outbox(): Outbox {
    if (this.flaws.isGarbling) throw this.#garbage();
    const running = [...this.#invocations.values()].map(({ request }) => keyOf(request));
    const invented = this.flaws.invents ? [inventedEvent([...this.#outbox.values()].at(-1)?.at(-1))] : [];
    return { instance: this.instance, running, finished: [...this.#outbox.values()].flat().concat(invented) };
  }

  acknowledge(keys: readonly AttemptKey[]): void {
    for (const key of keys) {
      const events = this.#outbox.get(attemptKeyString(key));
      if (!events) continue;
      this.#outbox.delete(attemptKeyString(key));
      this.#observer.acknowledged(key, events.at(-1)!);
    }
  }

  cancel(key: AttemptKey): void {
    const one = this.#invocations.get(attemptKeyString(key));
    if (!one) return;
    if (one.stopReason) this.network.trace.mark('asked to stop twice');
    this.#stop(one, 'cancelled');
  }

  #garbage(): Problem {
    this.network.trace.mark('garbage answered');
    return new Problem('unavailable', `${this.id} does not answer as a motes worker does`);
  }

  #refusal(): Problem | null {
    const { trace } = this.network;
    if (this.isDraining) {
      trace.mark('declined by a draining worker');
      return new Problem('draining', 'this worker shuts down');
    }
    const { unfinishedLimit, outboxLimit } = this.nature;
    if (this.#invocations.size < unfinishedLimit && this.#outbox.size + this.#invocations.size < outboxLimit)
      return null;
    trace.mark('declined by a full worker');
    return new Problem('overload', `${this.#invocations.size} are here, ${this.#outbox.size} wait in the outbox`);
  }

  // ---- invocations ----

  #take(request: AttemptRequest): Invocation {
    const doneMs = request.resume_from ? checkpointedMs(request) : 0;
    if (doneMs > 0) this.network.trace.mark('resumed from a checkpoint');
    const one: Invocation = {
      ...{ request, parameters: request.parameters as unknown as TaskParameters, sinks: new Set(), state: 'waiting' },
      ...{ stopReason: null, doneMs, seq: 0, startedAtMs: 0, checkpoint: null, logLines: 0 },
    };
    this.#invocations.set(attemptKeyString(request), one);
    this.later(0, () => this.#fill());
    return one;
  }

  #listen(stream: Stream, invocations: readonly Invocation[]): void {
    for (const one of invocations) {
      one.sinks.add(stream);
      if (one.checkpoint) this.#push(stream, [this.#event(one, { event: 'checkpoint', state: one.checkpoint })]);
    }
    if (invocations.length === 0) stream.end();
  }

  #fill(): void {
    const all = [...this.#invocations.values()];
    let free = this.nature.slots - all.filter(({ state }) => state === 'running').length;
    for (const one of all) {
      if (free <= 0) return;
      if (one.state !== 'waiting') continue;
      this.#begin(one);
      free -= 1;
    }
  }

  #begin(one: Invocation): void {
    one.state = 'running';
    one.startedAtMs = this.network.clock.now();
    this.#observer.begun(one.request, this);
    this.#tell(one, { event: 'started' });
    const { timeout_ms: timeoutMs } = one.request;
    if (timeoutMs != null)
      this.later(timeoutMs, () => {
        if (!this.flaws.ignoresDeadlines) this.#stop(one, 'timed_out');
      });
    this.#work(one);
  }

  /** One slice of work, then the next. */
  #work(one: Invocation): void {
    const { kind, work_ms: workMs } = one.parameters;
    const sliceMs = kind === 'endless' ? SLICE_MS * 4 : Math.min(SLICE_MS, workMs - one.doneMs);
    this.later(sliceMs / this.nature.speed / this.nature.clockRate, () => {
      if (one.state === 'ended') return;
      one.doneMs += sliceMs;
      if (kind === 'endless' || one.doneMs < workMs) {
        this.#tell(one, { event: 'progress', done: one.doneMs, total: kind === 'endless' ? 1e9 : workMs });
        const at = Math.round(this.network.clock.now());
        this.#tell(one, { event: 'log', line: ++one.logLines, at, level: 'info', message: `${one.doneMs} ms` });
        if (kind === 'resumable') this.#checkpoint(one);
        this.#work(one);
      } else if (kind === 'deadly') {
        this.crash();
        this.#observer.died(this);
      } else this.#end(one);
    });
  }

  #checkpoint(one: Invocation): void {
    one.checkpoint = Buffer.from(JSON.stringify({ token: one.parameters.token, doneMs: one.doneMs })).toString(
      'base64',
    );
    this.#tell(one, { event: 'checkpoint', state: one.checkpoint });
  }

  #stop(one: Invocation, reason: FailedAs): void {
    if (one.state === 'ended' || one.stopReason) return;
    one.stopReason = reason;
    if (one.state === 'waiting') this.#end(one);
    else this.later(STOP_MS, () => this.#end(one));
  }

  #end(one: Invocation): void {
    if (one.state === 'ended') return;
    const wasRunning = one.state === 'running';
    one.state = 'ended';
    const last: InvocationEvent[] = [];
    if (one.stopReason === 'released' && one.checkpoint)
      last.push(this.#event(one, { event: 'checkpoint', state: one.checkpoint }));
    last.push(this.#event(one, this.#outcome(one)));
    const key = attemptKeyString(one.request);
    this.#invocations.delete(key);
    this.#outbox.set(key, last);
    this.note(`ends ${label(one.request)} ${one.stopReason ?? last.at(-1)!.event}`);
    this.#observer.ended(one.request, last.at(-1)!);
    for (const sink of one.sinks) {
      this.#push(sink, last);
      const hasMore = [...this.#invocations.values()].some((other) => other.sinks.has(sink));
      if (!hasMore) sink.end();
    }
    if (wasRunning) this.#fill();
  }

  #outcome(one: Invocation): BareEvent {
    if (one.stopReason) {
      const codes = { cancelled: 'cancelled', timed_out: 'timeout', released: 'released', failed: 'internal' } as const;
      if (one.stopReason === 'timed_out') this.network.trace.mark('deadline enforced by the worker');
      return failed(one.stopReason, new Problem(codes[one.stopReason], 'it was stopped'));
    }
    if (this.flaws.isBroken) return failed('failed', new Problem('internal', 'out of order'));
    if (one.parameters.kind === 'throws') return failed('failed', new Problem('function_error', 'it threw'));
    const elapsedMs = (this.network.clock.now() - one.startedAtMs) / this.nature.clockRate;
    const digest = resultOf(one.parameters) + (this.flaws.hasWrongBits ? ' with a bit flipped' : '');
    return { event: 'succeeded', result: { digest }, measured: { elapsed_ms: elapsedMs } };
  }

  #tell(one: Invocation, bare: BareEvent): void {
    const event = this.#event(one, bare);
    for (const sink of one.sinks) this.#push(sink, [event]);
  }

  #push(stream: Stream, events: readonly InvocationEvent[]): void {
    if (this.flaws.cutsStreams) stream.cutOff();
    else if (!this.#garbles(stream)) stream.push(events);
  }

  #garbles(stream: Stream): boolean {
    if (this.flaws.isGarbling) stream.garble();
    return this.flaws.isGarbling;
  }

  #event(one: Invocation, bare: BareEvent): InvocationEvent {
    one.seq += 1;
    return { ...keyOf(one.request), seq: one.seq, ...bare } as InvocationEvent;
  }
}
