/** Who may call, and how it is kept secret: the options that the roles and the client commands share. */
import { Option } from 'commander';
import { requireTokenBeyondLoopback } from '../http/guard.ts';
import { readAuthority, readServerTls, type ServerTls } from './tls-files.ts';
import { readToken } from './token.ts';

/** What every command takes that talks to others. */
export interface ClientAccessFlags {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly tlsCa?: string;
}

/** What a command takes that serves. */
export interface ServerAccessFlags extends ClientAccessFlags {
  readonly auth: 'token' | 'none';
  readonly hostName?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** What the flags come to. */
export interface Access {
  /** What requests carry, ours and those that we take. */
  readonly token: string | null;
  /** What callers must carry: null where everybody who reaches the address may call. */
  readonly requiredToken: string | null;
  /** Null for plain HTTP. */
  readonly tls: ServerTls | null;
  /** The only certificates that others may show, as PEM; null for the system's authorities. */
  readonly ca: string | null;
}

/** For commands that talk to an orchestrator. */
export function clientAccessOptions(): Option[] {
  return [
    new Option(
      '--token <token>',
      'what requests carry; other users of this machine see it in the process list: prefer the variable or a file',
    ).env('MOTES_TOKEN'),
    new Option('--token-file <file>', 'a file with the token; `motes token --file` makes one').env('MOTES_TOKEN_FILE'),
    new Option('--tls-ca <file>', 'trust only these certificates, PEM: a CA, or those that the servers show').env(
      'MOTES_TLS_CA',
    ),
  ];
}

/** For the roles. */
export function serverAccessOptions(): Option[] {
  return [
    ...clientAccessOptions(),
    new Option('--auth <mode>', 'none: answer everybody who can reach the address')
      .choices(['token', 'none'])
      .default('token')
      .env('MOTES_AUTH'),
    new Option('--host-name <name...>', 'further names under which it may be called, also with commas between')
      .argParser(addNames)
      .env('MOTES_HOST_NAME'),
    new Option('--tls-cert <file>', 'answer by https:// with this certificate (and its chain), PEM').env(
      'MOTES_TLS_CERT',
    ),
    new Option('--tls-key <file>', 'the private key of that certificate, PEM').env('MOTES_TLS_KEY'),
  ];
}

function addNames(text: string, before: readonly string[] = []): string[] {
  const names = text.split(',').map((name) => name.trim());
  return [...before, ...names.filter((name) => name !== '')];
}

/**
 * Reads the token and the files of TLS.
 * @throws SettingError naming the file that is wrong; Problem `unauthorized` where a token is needed and missing
 */
export function readAccess(flags: ServerAccessFlags & { readonly host: string }): Access {
  const token = readToken(flags);
  requireTokenBeyondLoopback(flags.host, token, flags.auth);
  return {
    token,
    requiredToken: flags.auth === 'none' ? null : token,
    tls: readServerTls(flags),
    ca: readAuthority(flags.tlsCa),
  };
}
