/** The frame of the page: navigation, the state of the system, and the view that the address names. */
import type { ComponentType } from 'preact';
import { HealthLine } from './home/health-line.tsx';
import { Home } from './home/home.tsx';
import { lazy } from './parts/lazy.tsx';
import { Link } from './parts/link.tsx';
import { SignIn } from './sign-in.tsx';
import { isSignInNeeded } from './state/api.ts';
import { connect } from './state/connection.ts';
import { connection } from './state/store.ts';
import { addressOf, type View, view } from './state/url.ts';
import { t } from './text/text.ts';

const views: Readonly<Record<View, ComponentType>> = {
  home: Home,
  tasks: lazy(async () => (await import('./tasks/tasks.tsx')).Tasks),
  run: lazy(async () => (await import('./run/run.tsx')).RunView),
  task: lazy(async () => (await import('./task/task.tsx')).TaskView),
  compare: lazy(async () => (await import('./task/compare.tsx')).Compare),
  submit: lazy(async () => (await import('./submit/submit.tsx')).Submit),
};

const IN_NAVIGATION = ['home', 'tasks', 'submit'] as const satisfies readonly View[];

export function App() {
  if (isSignInNeeded.value) return <SignIn onSignedIn={connect} />;
  const Current = views[view.value];
  return (
    <>
      <a class="skip" href="#content">
        {t('nav.skip')}
      </a>
      <header class="head">
        <Link to="/" class="brand" label="motes">
          motes
        </Link>
        <nav aria-label={t('nav.label')}>
          {IN_NAVIGATION.map((name) => (
            <Link key={name} to={addressOf(name)} current={view.value === name}>
              {t(`nav.${name}`)}
            </Link>
          ))}
          <a href="/docs">API</a>
        </nav>
      </header>
      <HealthLine />
      <main id="content" tabIndex={-1} class={connection.value === 'lost' ? 'is-stale' : undefined}>
        <Current />
      </main>
    </>
  );
}
