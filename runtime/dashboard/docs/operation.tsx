/** One operation: what it takes, how to try it, what it answers. */
import { Command } from '../parts/command.tsx';
import { type Answer, type ApiDocument, type Content, isSchema, type Placed, type Schema } from './document.ts';
import { curlOf } from './examples.ts';
import { Phrase, Prose } from './prose.tsx';
import { Field, Fields, TypeWords } from './schema.tsx';
import { say } from './text.ts';

export function OperationView({ placed, document }: { placed: Placed; document: ApiDocument }) {
  const { method, path, operation, isOpen } = placed;
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  return (
    <details class="operation" id={operationId} open={location.hash === `#${operationId}`}>
      <summary>
        <h3>
          <span class={`method is-${method.toLowerCase()}`}>{method}</span> <code>{path}</code>
        </h3>
        <span class="summary">{summary}</span>
      </summary>
      {description !== undefined && <Prose text={description} />}
      {isOpen && document.security.length > 0 && <p class="faint">{say('open')}</p>}
      {parameters.length > 0 && (
        <section aria-label={`${say('parameters')}: ${operationId}`}>
          <h4>{say('parameters')}</h4>
          <dl class="said">
            {parameters.map((one) => (
              <Field key={one.name} {...one} place={say(one.in)} />
            ))}
          </dl>
        </section>
      )}
      {requestBody && (
        <section aria-label={`${say('body')}: ${operationId}`}>
          <h4>
            {say('body')} <span class="faint">{say(requestBody.required ? 'required' : 'optional')}</span>
          </h4>
          <Prose text={requestBody.description} />
          <Contents contents={requestBody.content} />
        </section>
      )}
      <h4>{say('example')}</h4>
      <p>
        <Command text={curlOf(placed, document, location.origin)} />
      </p>
      <section aria-label={`${say('answers')}: ${operationId}`}>
        <h4>{say('answers')}</h4>
        <dl class="said">
          {Object.entries(responses).map(([status, answer]) => (
            <AnswerView key={status} status={status} answer={answer} />
          ))}
        </dl>
      </section>
    </details>
  );
}

function AnswerView({
  status,
  answer: { description, content = {}, headers = {} },
}: {
  status: string;
  answer: Answer;
}) {
  return (
    <>
      <dt>
        <span class={`answer is-${status[0]}xx`}>{status}</span>
      </dt>
      <dd>
        <Phrase text={description} />
        <Contents contents={content} />
        {Object.entries(headers).map(([name, header]) => (
          <p key={name} class="faint">
            <code>{name}</code>: <Phrase text={header.description} />
          </p>
        ))}
      </dd>
    </>
  );
}

function Contents({ contents }: { contents: Readonly<Record<string, Content>> }) {
  return (
    <ul class="contents">
      {Object.entries(contents).map(([type, { schema, 'x-items': items }]) => (
        <li key={type}>
          <code>{type}</code> {schema && !items ? <TypeWords schema={schema} /> : !items && say('bytes')}
          {schema && <Fields schema={schema} />}
          {items && <Items items={items} />}
        </li>
      ))}
    </ul>
  );
}

function Items({ items }: { items: NonNullable<Content['x-items']> }) {
  if (isSchema(items))
    return (
      <>
        {say('eachLine')} <TypeWords schema={items} />
      </>
    );
  return (
    <>
      {say('eachEvent')}
      <dl class="said">
        {Object.entries(items as Readonly<Record<string, Schema>>).map(([name, schema]) => (
          <div key={name}>
            <dt>
              <code>{name}</code>{' '}
              <span class="faint">
                <TypeWords schema={schema} />
              </span>
            </dt>
            <dd>
              <Fields schema={schema} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
