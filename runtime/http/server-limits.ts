/** What one server allows its clients, all together and each. */
export interface ServerLimits {
  /** For the headers of a request, from its first byte, or from the opening of the connection. */
  readonly headersMs: number;
  /** For a whole request, body included. */
  readonly requestMs: number;
  /** A connection on which nothing moves is closed, where its client owes the next byte or does not take what is there. */
  readonly stalledMs: number;
  /** Between two requests. Longer than clients keep idle connections, so that it is they who close them. */
  readonly keepAliveMs: number;
  /** How often the first two are checked. */
  readonly checkIntervalMs: number;
  readonly headerBytes: number;
  readonly headers: number;
  readonly connections: number;
  /** Half of all, so that no address alone can shut the others out. */
  readonly connectionsPerAddress: number;
}

export const SERVER_LIMITS: ServerLimits = {
  headersMs: 10_000,
  requestMs: 300_000,
  stalledMs: 60_000,
  keepAliveMs: 75_000,
  checkIntervalMs: 2_000,
  headerBytes: 16 * 1024,
  headers: 100,
  connections: 4_096,
  connectionsPerAddress: 2_048,
};
