import type { Server, Socket } from 'node:net';
import type { ServerLimits } from './server-limits.ts';

/** The open connections of a server: at most so many, and at most so many from one address. */
export class Connections {
  readonly #open = new Set<Socket>();
  readonly #byAddress = new Map<string, number>();
  readonly #mostOfAnAddress: number;

  constructor(server: Server, limits: ServerLimits) {
    this.#mostOfAnAddress = limits.connectionsPerAddress;
    server.maxConnections = limits.connections;
    server.prependListener('connection', (socket: Socket) => this.#opened(socket));
  }

  /** Cuts them all, those included on which no request has begun. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #opened(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const count = (this.#byAddress.get(address) ?? 0) + 1;
    this.#byAddress.set(address, count);
    this.#open.add(socket);
    socket.once('close', () => this.#closed(socket, address));
    if (count > this.#mostOfAnAddress) socket.destroy();
  }

  #closed(socket: Socket, address: string): void {
    this.#open.delete(socket);
    const left = this.#byAddress.get(address)! - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }
}
