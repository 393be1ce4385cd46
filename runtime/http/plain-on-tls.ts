import type { Server, Socket } from 'node:net';
import { Problem } from '../wire/problem.ts';

/** The first byte of every TLS connection: a record of type handshake. */
const TLS_HANDSHAKE = 22;

/**
 * Answers those who speak plain HTTP to a TLS port with what to do instead. TLS alone would cut them off without a
 * word. Nothing of what they sent is looked at beyond its first byte.
 * @param server one of `https.createServer`
 * @param firstByteMs how long a client may take for that byte
 */
export function answerPlainHttp(server: Server, firstByteMs: number): void {
  const startTls = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const cut = (): void => void socket.destroy();
    socket.setTimeout(firstByteMs, cut);
    socket.on('error', cut);
    socket.once('data', (bytes) => {
      socket.setTimeout(0, cut);
      socket.off('timeout', cut);
      if (bytes[0] !== TLS_HANDSHAKE) return sayThatThisIsTls(socket, firstByteMs);
      socket.off('error', cut);
      socket.pause();
      socket.unshift(bytes);
      for (const start of startTls) start.call(server, socket);
    });
  });
}

function sayThatThisIsTls(socket: Socket, lingerMs: number): void {
  const body = JSON.stringify(new Problem('tls_required', 'this port speaks TLS - call it by https://'));
  const head = [
    'HTTP/1.1 400 Bad Request',
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.setTimeout(lingerMs, () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // What is left unread would turn the end into a reset, which can overtake the answer.
  socket.resume();
}
