/** The API for people: its document, as it is at `/openapi.json`. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { SignIn } from '../sign-in.tsx';
import { get, isSignInNeeded } from '../state/api.ts';
import { type ApiDocument, grouped, type Schema } from './document.ts';
import { OperationView } from './operation.tsx';
import { Prose } from './prose.tsx';
import { Fields, TypeWords } from './schema.tsx';
import { say } from './text.ts';

export function Docs() {
  const loaded = useSignal<ApiDocument | null>(null);
  const error = useSignal<Error | null>(null);
  const load = (): void => {
    get<ApiDocument>('/openapi.json').then(
      (answer) => (loaded.value = answer),
      (cause: Error) => (error.value = cause),
    );
  };
  useEffect(load, []);
  if (isSignInNeeded.value) return <SignIn onSignedIn={load} />;
  return (
    <>
      <a class="skip" href="#content">
        {say('skip')}
      </a>
      <header class="head">
        <a href="/" class="brand">
          motes
        </a>
        <nav aria-label={say('title')}>
          <a href="/docs" aria-current="page">
            {say('title')}
          </a>
          <a href="/openapi.json">openapi.json</a>
        </nav>
      </header>
      <main id="content" tabIndex={-1} class="docs">
        {loaded.value ? <Whole document={loaded.value} /> : <Missing error={error.value} />}
      </main>
    </>
  );
}

function Missing({ error }: { error: Error | null }) {
  if (error === null) return <p class="empty">{say('loading')}</p>;
  return (
    <p class="error" role="alert">
      {say('failed', { detail: error.message })}
    </p>
  );
}

function Whole({ document }: { document: ApiDocument }) {
  const words = useSignal('');
  const groups = grouped(document, words.value);
  useEffect(() => {
    const open = (): void => reveal(location.hash.slice(1));
    open();
    addEventListener('hashchange', open);
    return () => removeEventListener('hashchange', open);
  }, []);
  return (
    <>
      <aside class="panel">
        <label>
          {say('find')}
          <input type="search" value={words.value} onInput={(event) => (words.value = event.currentTarget.value)} />
        </label>
        <nav aria-label={say('contents')}>
          {groups.map(({ name, all }) => (
            <div key={name}>
              <h2>{name}</h2>
              <ul>
                {all.map(({ operation }) => (
                  <li key={operation.operationId}>
                    <a href={`#${operation.operationId}`}>{operation.operationId}</a>
                  </li>
                ))}
              </ul>
            </div>
          ))}
          <a href="#schemas">{say('schemas')}</a>
        </nav>
      </aside>
      <div>
        <h1>
          {document.info.title} {document.info.version}: {say('title')}
        </h1>
        <Prose text={document.info.description} />
        {groups.length === 0 && (
          <p class="empty" role="status">
            {say('none')}
          </p>
        )}
        {groups.map(({ name, description, all }) => (
          <section key={name} class="panel" aria-labelledby={`tag-${name}`}>
            <h2 id={`tag-${name}`}>{name}</h2>
            <Prose text={description} />
            {all.map((placed) => (
              <OperationView key={placed.operation.operationId} placed={placed} document={document} />
            ))}
          </section>
        ))}
        <section class="panel" aria-labelledby="schemas">
          <h2 id="schemas">{say('schemas')}</h2>
          {Object.entries(document.components.schemas).map(([name, schema]) => (
            <SchemaView key={name} name={name} schema={schema} />
          ))}
        </section>
      </div>
    </>
  );
}

function SchemaView({ name, schema }: { name: string; schema: Schema }) {
  return (
    <details class="operation" id={`schema-${name}`}>
      <summary>
        <h3>{name}</h3>
      </summary>
      {schema.description !== undefined && <Prose text={schema.description} />}
      {schema.properties ? (
        <Fields schema={schema} />
      ) : (
        <p>
          <TypeWords schema={schema} />
        </p>
      )}
    </details>
  );
}

/** Opens what a link leads to, and goes there. */
function reveal(id: string): void {
  const target = document.getElementById(id);
  if (!(target instanceof HTMLDetailsElement)) return;
  target.open = true;
  target.scrollIntoView();
  target.querySelector('summary')?.focus();
}
