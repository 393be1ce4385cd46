import { type Compose, requireCompose } from '../../../scripts/docker/docker.ts';
import { run } from '../../../scripts/docker/run.ts';
import { PROJECT } from '../../../scripts/images/lib/project.ts';

/** The project's compose file under a name of its own, so that nothing else on this machine is touched. */
export class ComposeProject {
  readonly name: string;
  readonly #compose: Compose;
  readonly #env: NodeJS.ProcessEnv;

  /** @throws Error when there is no compose command */
  constructor(name: string, env: Readonly<Record<string, string>>) {
    this.name = name;
    this.#compose = requireCompose();
    this.#env = { ...process.env, ...env };
  }

  /** Runs compose. @returns what it printed; @throws Error with its last words when it fails */
  do(...args: string[]): string {
    const [program, ...first] = this.#compose;
    return run(program, [...first, '-p', this.name, ...args], { cwd: PROJECT, env: this.#env });
  }

  /** The name of a service's container. */
  container(service: string, index = 1): string {
    const label = `label=com.docker.compose.project=${this.name}`;
    const names = run('docker', [
      ...['ps', '--all', '--filter', label, '--filter', `label=com.docker.compose.service=${service}`],
      ...['--filter', `label=com.docker.compose.container-number=${index}`, '--format', '{{.Names}}'],
    ]);
    return names.trim();
  }

  /** What is left of it: containers, volumes and networks. */
  leftovers(): string[] {
    const label = `label=com.docker.compose.project=${this.name}`;
    const kinds = [
      ['ps', '--all', '--quiet'],
      ['volume', 'ls', '--quiet'],
      ['network', 'ls', '--quiet'],
    ];
    return kinds.flatMap((kind) =>
      run('docker', [...kind, '--filter', label])
        .split('\n')
        .filter(Boolean),
    );
  }
}
