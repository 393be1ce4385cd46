/** The little of BullMQ that the benchmarks use, so that types are checked where the peers are not installed. */
declare module 'bullmq' {
  interface Options {
    readonly connection: { readonly host: string; readonly port: number };
    readonly concurrency?: number;
  }
  export class Queue {
    constructor(name: string, options: Options);
    waitUntilReady(): Promise<unknown>;
    obliterate(options: { force: boolean }): Promise<void>;
    addBulk(jobs: readonly { name: string; data: unknown }[]): Promise<unknown>;
    getCompletedCount(): Promise<number>;
    close(): Promise<void>;
  }
  export class Worker {
    constructor(name: string, work: () => Promise<unknown>, options: Options);
    waitUntilReady(): Promise<unknown>;
  }
}

declare module 'bullmq/package.json' {
  const manifest: { readonly version: string };
  export default manifest;
}
