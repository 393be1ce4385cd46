/** A client that sends what no HTTP library would. */
import { connect, type Socket } from 'node:net';

/** One connection. What comes is gathered; the end of the connection is what tests wait for. */
export class RawClient {
  readonly socket: Socket;
  /** Fulfilled with all that came, once the connection is closed, however that happened. */
  readonly closed: Promise<string>;
  #text = '';
  #onData = Promise.withResolvers<void>();

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('utf8');
    this.socket.on('data', (text: string) => {
      this.#text += text;
      this.#onData.resolve();
      this.#onData = Promise.withResolvers();
    });
    // A reset is one way to be cut off.
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve(this.#text)));
  }

  /** Sends it as it is. */
  send(text: string): this {
    this.socket.write(text);
    return this;
  }

  /** Sends a piece again and again, as fast as it is taken, until the connection is closed. */
  sendForEver(piece: string): this {
    const go = (): void => {
      while (this.socket.writable && this.socket.write(piece)) {
        // As long as there is room.
      }
    };
    this.socket.on('drain', go);
    go();
    return this;
  }

  /** Sends a piece at every interval, until the connection is closed. */
  dribble(piece: string, intervalMs: number): this {
    const timer = setInterval(() => this.socket.writable && this.socket.write(piece), intervalMs);
    void this.closed.then(() => clearInterval(timer));
    return this;
  }

  /** Fulfilled with what has come, once that matches. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text)) await this.#onData.promise;
    return this.#text;
  }
}

/** A request line and headers. */
export function head(line: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `${[line, ...lines].join('\r\n')}\r\n\r\n`;
}
