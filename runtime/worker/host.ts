import { fileURLToPath } from 'node:url';
import type { FunctionDeclaration } from '../function/declaration.ts';
import type { Kernels } from '../function/kernel.ts';
import { LoopDelay } from '../process/loop-delay.ts';
import { ArtifactSpools } from './artifact-spools.ts';
import { Blobs } from './blobs.ts';
import type { Invocation } from './invocation.ts';
import { type InvocationLimits, Invocations, type LogLevel } from './invocations.ts';
import { LargeCheckpoints } from './large-checkpoints.ts';
import { WorkerMeter } from './meter.ts';
import { Outbox } from './outbox.ts';
import { Pool } from './pool.ts';

const HEARTBEAT_INTERVAL_MS = 1000;
const OUTBOX_EXPIRY_INTERVAL_MS = 60_000;

/** As it is here, and as it is when both programs are bundled into one folder. */
const IS_BUNDLED = !import.meta.url.endsWith('.ts');
const THREAD_URL = new URL(IS_BUNDLED ? './thread.js' : './thread.ts', import.meta.url);
const READABLE_FOLDER = fileURLToPath(new URL(IS_BUNDLED ? '.' : '../..', import.meta.url));

export interface HostOptions {
  readonly declarations: readonly FunctionDeclaration[];
  readonly findDeclaration: (type: string) => FunctionDeclaration | null;
  readonly versions: Readonly<Record<string, string>>;
  readonly kernels: Kernels;
  readonly slots: number;
  readonly slotMemoryBytes: number;
  readonly checkpointIntervalMs: number;
  /** The thread's program; `thread.ts` unless a test brings functions of its own. */
  readonly threadUrl?: URL;
  /** The one folder that function threads may read; the one that holds all of their program unless said otherwise. */
  readonly readableFolder?: string;
  readonly limits?: InvocationLimits;
  readonly outbox?: Outbox;
  readonly onLog: (invocation: Invocation | null, level: LogLevel, message: string) => void;
}

/** What hosts functions, without its HTTP face: threads, invocations, outbox, and the clocks that drive them. */
export class Host {
  readonly options: HostOptions;
  readonly pool: Pool;
  readonly outbox: Outbox;
  readonly invocations: Invocations;
  readonly spools = new ArtifactSpools();
  readonly blobs = new Blobs();
  readonly checkpoints = new LargeCheckpoints(this.blobs);
  readonly loopDelay = new LoopDelay();
  readonly meter = new WorkerMeter();
  readonly #timers: NodeJS.Timeout[];

  constructor(options: HostOptions) {
    this.options = options;
    this.outbox = options.outbox ?? new Outbox();
    this.pool = new Pool({
      slots: options.slots,
      url: options.threadUrl ?? THREAD_URL,
      data: {
        kernels: options.kernels,
        versions: options.versions,
        checkpointIntervalMs: options.checkpointIntervalMs,
      },
      readableFolder: options.readableFolder ?? READABLE_FOLDER,
      heapMib: Math.ceil(options.slotMemoryBytes / 1024 ** 2),
      onCrash: (why) => {
        this.meter.threadFailures += 1;
        options.onLog(null, 'warn', `a function thread ended and is replaced: ${why}`);
      },
    });
    this.invocations = new Invocations({
      findDeclaration: options.findDeclaration,
      functionNames: options.declarations.filter((one) => !one.internal).flatMap((one) => [one.name, ...one.alsoNamed]),
      pool: this.pool,
      outbox: this.outbox,
      spools: this.spools,
      blobs: this.blobs,
      checkpoints: this.checkpoints,
      slotMemoryBytes: options.slotMemoryBytes,
      meter: this.meter,
      onLog: options.onLog,
      ...(options.limits && { limits: options.limits }),
    });
    this.outbox.onForgotten = (identity) => {
      this.spools.drop(identity);
      this.checkpoints.drop(identity);
    };
    this.#timers = [
      setInterval(() => this.invocations.heartbeat(), HEARTBEAT_INTERVAL_MS).unref(),
      setInterval(() => this.#expireOutbox(), OUTBOX_EXPIRY_INTERVAL_MS).unref(),
    ];
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.loopDelay.stop();
    await this.pool.close();
  }

  #expireOutbox(): void {
    const dropped = this.outbox.expire();
    if (dropped > 0)
      this.options.onLog(null, 'warn', `dropped ${dropped} outcomes that no ledger has fetched for long`);
  }
}
