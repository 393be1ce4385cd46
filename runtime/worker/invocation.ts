import type { CheckpointState } from '../wire/blob.ts';
import type { AttemptKey, FailedAs } from '../wire/invocation.ts';
import { Problem } from '../wire/problem.ts';
import { LOG_LIMITS } from '../wire/task-log.ts';
import { type Job, type JobEnd, type JobPlace, NOWHERE } from './job.ts';
import type { Lengths, TakenCheckpoint } from './thread-messages.ts';

/** Whichever parts of a key somebody gave. */
export type PartialKey = { readonly [Part in keyof AttemptKey]?: AttemptKey[Part] | undefined };

export type EventKind =
  | 'started'
  | 'heartbeat'
  | 'progress'
  | 'checkpoint'
  | 'artifact'
  | 'log'
  | 'succeeded'
  | 'failed';

/** How an invocation ended. `json` is the text `"result":{…},"measured":{…}`. */
export type InvocationEnd =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly status: FailedAs; readonly problem: Problem };

/** Who listens to an invocation. Events are lines of NDJSON from the start, so that each is written once. */
export interface EventSink {
  event(line: string, kind: EventKind, invocation: Invocation): void;
  /** Called once, after the last event. */
  ended(end: InvocationEnd, invocation: Invocation): void;
}

export type InvocationStatus = 'succeeded' | FailedAs;

/** Why an invocation is being stopped, as the status it will have. */
export type StopReason = Exclude<FailedAs, 'failed'>;

const STOP_PROBLEMS: Record<StopReason, (invocation: Invocation) => Problem> = {
  cancelled: () => new Problem('cancelled', 'it was cancelled'),
  timed_out: ({ timeoutMs }) => new Problem('timeout', `it ran longer than its timeout_ms of ${timeoutMs}`),
  released: () => new Problem('released', 'the worker shuts down and hands it back'),
};

/** What an invocation is made of, once it has been checked. */
export interface InvocationInput {
  /** Whichever parts of the key were given; all of them for a ledger's attempt. */
  readonly key: PartialKey;
  /** `identityOf` the key. */
  readonly identity: string;
  /** The function's name. */
  readonly type: string;
  readonly parameters: Record<string, unknown>;
  /** Blobs by SHA-256; absent where the parameters name none. */
  readonly inputs?: Job['inputs'];
  readonly resumeFrom: Uint8Array | null;
  /** The blobs that it uses, by SHA-256: they stay here as long as it does. */
  readonly blobs: InvocationBlobs;
  readonly cost: number;
  /** Longest time that it may run, from its beginning: a place in the queue is not the function's fault. */
  readonly timeoutMs: number | null;
  /** What it takes in memory while it is here, for the bound on all of them. */
  readonly heldBytes: number;
}

/** The blobs that an invocation uses. */
export interface InvocationBlobs {
  readonly inputs: readonly string[];
  /** The checkpoint from which it goes on, where that is a blob. */
  readonly resumeFrom: string | null;
}

/** What an invocation tells the registry that it belongs to. */
export interface InvocationOwner {
  started(invocation: Invocation): void;
  /**
   * `lines` is the terminal event, after the log, and of a released invocation after its newest checkpoint. Called before
   * the sinks hear of the end.
   */
  ended(invocation: Invocation, lines: string, status: InvocationStatus): void;
  deadlinePassed(invocation: Invocation): void;
  logged(invocation: Invocation, level: 'info' | 'warn' | 'error', message: string): void;
  /** A state is too large for a message: keeps it as a blob. False when there is no room for it. */
  keptState(invocation: Invocation, sha256: string, state: Uint8Array, taken: () => void): boolean;
  /** A piece of an artifact is there to be kept; `taken` is to be called once there is room for more. */
  wrote(invocation: Invocation, piece: ArtifactPiece, taken: () => void): void;
}

/** A piece of an artifact, and where in it it begins. */
export interface ArtifactPiece {
  readonly name: string;
  readonly offset: number;
  readonly data: Uint8Array;
}

/** One attempt as the worker sees it: numbers its events, and tells whoever listens. */
export class Invocation implements Job {
  readonly input: InvocationInput;
  /** The key's fields as JSON, with a comma behind each: equal keys give equal texts. */
  readonly identity: string;
  place: JobPlace = NOWHERE;
  state: 'waiting' | 'running' | 'ended' = 'waiting';
  stopReason: StopReason | null = null;
  startedAtMs = 0;
  /** How long its function ran; null where it never began. */
  elapsedMs: number | null = null;
  readonly #owner: InvocationOwner;
  #sinks: EventSink[] = [];
  #seq = 0;
  #deadline: NodeJS.Timeout | null = null;
  #checkpoint: Checkpoint | null = null;
  /** Somebody waits for a look at the particles. */
  #frame: PromiseWithResolvers<Uint8Array | null> | null = null;
  /** Bytes of the artifacts, by name. */
  readonly #artifacts: Record<string, number> = {};
  /** The newest lines of the log, as the fields of their events. */
  #log: string[] = [];
  #logLines = 0;

  constructor(input: InvocationInput, owner: InvocationOwner) {
    this.input = input;
    this.#owner = owner;
    this.identity = input.identity;
  }

  get type(): string {
    return this.input.type;
  }
  get parameters(): Record<string, unknown> {
    return this.input.parameters;
  }
  get inputs(): Job['inputs'] {
    return this.input.inputs;
  }
  get resumeFrom(): Uint8Array | null {
    return this.input.resumeFrom;
  }
  get cost(): number {
    return this.input.cost;
  }
  get isStopping(): boolean {
    return this.stopReason !== null;
  }
  get timeoutMs(): number | null {
    return this.input.timeoutMs;
  }

  /** `RUN/ID` as users name tasks; the type where there is no id. */
  get label(): string {
    const { run_id, task_id } = this.input.key;
    if (task_id === undefined) return this.type;
    return run_id === undefined ? task_id : `${run_id}/${task_id}`;
  }

  /** Adds a listener, once. One that joins later gets the newest checkpoint and the log at once, and what comes from now on. */
  join(sink: EventSink): void {
    if (this.#sinks.includes(sink)) return;
    this.#sinks.push(sink);
    if (this.#checkpoint) sink.event(this.#checkpointLine(this.#checkpoint), 'checkpoint', this);
    for (const fields of this.#log) sink.event(this.#line('log', fields), 'log', this);
  }

  leave(sink: EventSink): void {
    this.#sinks = this.#sinks.filter((other) => other !== sink);
  }

  started(): void {
    if (this.state !== 'waiting') return;
    this.state = 'running';
    this.startedAtMs = Date.now();
    const { timeoutMs } = this.input;
    if (timeoutMs !== null)
      this.#deadline = setTimeout(() => this.#owner.deadlinePassed(this), Math.min(timeoutMs, 0x7fff_ffff));
    this.#owner.started(this);
    this.#emit('started', '');
    if (this.#frame) this.#askForFrame();
  }

  heartbeat(): void {
    this.#emit('heartbeat', '');
  }

  progressed(json: string): void {
    this.#emit('progress', `,${json}`);
  }

  checkpointed({ state, artifacts, sha256 }: TakenCheckpoint, taken: () => void): void {
    if (sha256 === null) taken();
    else if (!this.#owner.keptState(this, sha256, state, taken)) {
      // The last one, if that was large as well, is not here any more.
      if (typeof this.#checkpoint?.state === 'object') this.#checkpoint = null;
      return;
    }
    this.#checkpoint = { artifacts, state: sha256 === null ? toBase64(state) : { sha256, bytes: state.length } };
    this.#tell(this.#checkpointLine(this.#checkpoint), 'checkpoint');
  }

  wrote(name: string, offset: number, data: Uint8Array, taken: () => void): void {
    this.#artifacts[name] = offset + data.length;
    this.#owner.wrote(this, { name, offset, data }, taken);
    this.#emit('artifact', `,"name":"${name}","bytes":${this.#artifacts[name]}`);
  }

  /** The next look at the particles, for all who wait for it; null when the invocation ends without another. */
  nextFrame(): Promise<Uint8Array | null> {
    if (this.state === 'ended') return Promise.resolve(null);
    this.#frame ??= Promise.withResolvers();
    this.#askForFrame();
    return this.#frame.promise;
  }

  framed(data: Uint8Array | null): void {
    this.#frame?.resolve(data);
    this.#frame = null;
  }

  /** Only once it runs: a thread has one word for the job that does, which one that waits behind it must not take. */
  #askForFrame(): void {
    if (this.state === 'running' && this.place.at === 'thread') this.place.slot.wantFrame(this);
  }

  logged(level: 'info' | 'warn' | 'error', message: string): void {
    this.#owner.logged(this, level, message);
    // An error comes with its stack, which is this machine's own: others read the problem with which it ends.
    if (level === 'error') return;
    this.#logLines += 1;
    const text = JSON.stringify(message.slice(0, LOG_LIMITS.characters));
    const fields = `,"line":${this.#logLines},"at":${Date.now()},"level":"${level}","message":${text}`;
    if (this.#log.push(fields) > LOG_LIMITS.lines) this.#log.shift();
    this.#emit('log', fields);
  }

  /** The job's own end. A stopped one that gave a result in spite of it keeps the result. */
  ended(end: JobEnd): void {
    this.elapsedMs = end.elapsedMs ?? null;
    if (end.ok) this.#finish(end);
    else if (this.stopReason !== null) this.stopped();
    else this.#finish({ ok: false, status: 'failed', problem: end.problem });
  }

  /** Ends an invocation that has stopped for `stopReason`. */
  stopped(): void {
    const status = this.stopReason ?? 'cancelled';
    // Whoever takes it over starts from here, also if the event was left out for a slow reader or nobody was there.
    const last = status === 'released' && this.#checkpoint ? this.#checkpointLine(this.#checkpoint) : '';
    if (last !== '') this.#tell(last, 'checkpoint');
    this.#finish({ ok: false, status, problem: STOP_PROBLEMS[status](this) }, last);
  }

  #finish(end: InvocationEnd, before = ''): void {
    if (this.state === 'ended') return;
    if (this.state === 'running') this.elapsedMs ??= Date.now() - this.startedAtMs;
    this.state = 'ended';
    if (this.#deadline) clearTimeout(this.#deadline);
    this.framed(null);
    if (!end.ok) this.#owner.logged(this, 'info', `ended as ${end.status}: ${end.problem.message}`);
    const kind = end.ok ? 'succeeded' : 'failed';
    const log = this.#logText();
    const line = this.#line(
      kind,
      end.ok
        ? `,${end.json}${artifactsField(this.#artifacts)}`
        : `,"status":"${end.status}","error":${JSON.stringify(end.problem)}`,
    );
    const sinks = this.#sinks;
    this.#sinks = [];
    this.#owner.ended(this, log + before + line, end.ok ? 'succeeded' : end.status);
    for (const sink of sinks) {
      sink.event(line, kind, this);
      sink.ended(end, this);
    }
  }

  /** The log for whoever fetches the outcome, because nobody listened or the stream broke. */
  #logText(): string {
    return this.#log.map((fields) => this.#line('log', fields)).join('');
  }

  #emit(kind: EventKind, json: string): void {
    this.#tell(this.#line(kind, json), kind);
  }

  #tell(line: string, kind: EventKind): void {
    for (const sink of this.#sinks) sink.event(line, kind, this);
  }

  #line(kind: EventKind, json: string): string {
    return `{"event":"${kind}",${this.identity}"seq":${++this.#seq}${json}}\n`;
  }

  #checkpointLine({ state, artifacts }: Checkpoint): string {
    return this.#line('checkpoint', `,"state":${JSON.stringify(state)}${artifactsField(artifacts)}`);
  }
}

/** A state, and how long the artifacts were when it was taken. */
interface Checkpoint {
  readonly state: CheckpointState;
  readonly artifacts: Lengths;
}

function toBase64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

function artifactsField(artifacts: Lengths): string {
  return Object.keys(artifacts).length === 0 ? '' : `,"artifacts":${JSON.stringify(artifacts)}`;
}

/** The given parts of a key as JSON fields, with a comma behind each. */
export function identityOf(key: PartialKey): string {
  const { ledger_id, run_id, task_id, attempt } = key;
  return (
    (ledger_id === undefined ? '' : `"ledger_id":${JSON.stringify(ledger_id)},`) +
    (run_id === undefined ? '' : `"run_id":${JSON.stringify(run_id)},`) +
    (task_id === undefined ? '' : `"task_id":${JSON.stringify(task_id)},`) +
    (attempt === undefined ? '' : `"attempt":${attempt},`)
  );
}

/** The terminal event of an invocation that was never taken. */
export function refusalLine(key: PartialKey, problem: Problem): string {
  return `{"event":"failed",${identityOf(key)}"seq":1,"status":"failed","error":${JSON.stringify(problem)}}\n`;
}
