import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports.ts';

/**
 * A TCP proxy that misbehaves when told to: it resets connections, lets nothing pass while it keeps them open, or
 * lets everything pass late.
 */
export class FaultProxy {
  readonly port: number;
  readonly #targetPort: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  #delayMs = 0;
  /** Pending while nothing may pass. */
  #thaw: PromiseWithResolvers<void> | null = null;

  private constructor(port: number, targetPort: number) {
    this.port = port;
    this.#targetPort = targetPort;
    this.#server = createServer((socket) => void this.#accept(socket));
  }

  /** Listens on a free port of loopback. */
  static async open(targetPort: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(await freePort(), targetPort);
    proxy.#server.listen(proxy.port, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** Resets what is open and what comes. */
  cut(): void {
    this.#isCut = true;
    this.#resetAll();
  }

  /** Keeps connections open, and their bytes to itself. */
  freeze(): void {
    this.#thaw ??= Promise.withResolvers();
  }

  /** Lets every piece pass so much later. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Behaves. What was held back passes now, late as it is. */
  heal(): void {
    this.#isCut = false;
    this.#delayMs = 0;
    this.#thaw?.resolve();
    this.#thaw = null;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.heal();
    this.#resetAll();
    await once(this.#server, 'close');
  }

  #resetAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #accept(near: Socket): void {
    this.#watch(near);
    if (this.#isCut) {
      near.resetAndDestroy();
      return;
    }
    const far = this.#watch(connect(this.#targetPort, '127.0.0.1'));
    void this.#carry(near, far);
    void this.#carry(far, near);
    this.#endTogether(near, far);
    this.#endTogether(far, near);
  }

  /** An end passes as bytes do: late, or not at all for now. */
  #endTogether(one: Socket, other: Socket): void {
    one.once('close', () => void this.#mayPass().then(() => other.destroy()));
  }

  #watch(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    return socket.once('close', () => this.#sockets.delete(socket));
  }

  /** One direction, piece by piece; a failure on either side ends both. */
  async #carry(from: Socket, to: Socket): Promise<void> {
    try {
      for await (const piece of from) {
        await this.#mayPass();
        if (!to.write(piece)) await once(to, 'drain');
      }
    } catch {
      from.resetAndDestroy();
      to.resetAndDestroy();
    }
  }

  async #mayPass(): Promise<void> {
    if (this.#delayMs > 0) await sleep(this.#delayMs);
    while (this.#thaw) await this.#thaw.promise;
  }
}
