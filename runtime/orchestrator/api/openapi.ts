/** The document of the orchestrator's API, made of the schemas that check what comes and say what goes. */
import type { FunctionDeclaration } from '../../function/declaration.ts';
import { type ApiDocument, describeApi } from '../../http/openapi/document.ts';
import { type JsonSchema, jsonSchemaOf, refTo } from '../../http/openapi/json-schema.ts';
import { PassingEventSchema, ProgressSchema, RecordedEventSchema, TaskChangeSchema } from '../../wire/events.ts';
import { FunctionListingSchema } from '../../wire/invocation.ts';
import { ExplanationSchema, StatusSchema, SubmissionAnswerSchema, WorkerSchema } from '../../wire/orchestrator-api.ts';
import { OverviewSchema, WorkerGlanceSchema } from '../../wire/overview.ts';
import { FaultSchema } from '../../wire/problem.ts';
import { RegistrationSchema } from '../../wire/registration.ts';
import { GridSchema, RunSummarySchema } from '../../wire/run-summary.ts';
import {
  AttemptSchema,
  RunSchema,
  SubmissionSchema,
  TaskCountsSchema,
  TaskDetailSchema,
  TaskRequestSchema,
  TaskSchema,
} from '../../wire/task.ts';
import { LogEntrySchema, TaskLogSchema } from '../../wire/task-log.ts';
import { ValidationSchema } from '../../wire/validation.ts';
import { operations } from './operations.ts';

const ANSWERED = {
  Task: TaskSchema,
  TaskDetail: TaskDetailSchema,
  Attempt: AttemptSchema,
  TaskLog: TaskLogSchema,
  LogEntry: LogEntrySchema,
  Run: RunSchema,
  RunSummary: RunSummarySchema,
  Grid: GridSchema,
  TaskCounts: TaskCountsSchema,
  SubmissionAnswer: SubmissionAnswerSchema,
  Validation: ValidationSchema,
  Explanation: ExplanationSchema,
  Status: StatusSchema,
  Overview: OverviewSchema,
  Worker: WorkerSchema,
  WorkerGlance: WorkerGlanceSchema,
  Function: FunctionListingSchema,
  RecordedEvent: RecordedEventSchema,
  PassingEvent: PassingEventSchema,
  TaskChange: TaskChangeSchema,
  Progress: ProgressSchema,
  Fault: FaultSchema,
};
const SENT = { Submission: SubmissionSchema, NewTask: TaskRequestSchema, Registration: RegistrationSchema };

const TAGS = {
  Runs: 'What was submitted together.',
  Tasks: 'What was asked for, and what became of it.',
  Files: 'What tasks write and what they are given.',
  Workers: 'Who computes.',
  Events: 'What happens, as it happens.',
  System: 'How the system is, what it can run, and who may ask.',
  Page: 'The web page.',
};

const DESCRIPTION = `Submits particle simulations, follows them, and fetches their results.

Errors are \`application/problem+json\` with a stable \`code\`, a \`detail\` that says what was wrong, what was given and what to
do, and a JSON pointer to the field. Where the orchestrator has a token, requests carry it as \`Authorization: Bearer\`;
browsers sign in. Every GET is answered for HEAD, too. Times are milliseconds since 1970, unless another unit stands there.`;

/** What differs from one orchestrator to another. */
export interface ApiSetting {
  readonly version: string;
  /** Those that users are told of. */
  readonly functions: readonly FunctionDeclaration[];
  /** The name of the cookie; null where nobody needs one. */
  readonly cookie: string | null;
}

/** The OpenAPI 3.1 document. */
export function describeOrchestratorApi({ version, functions, cookie }: ApiSetting): ApiDocument {
  return describeApi({
    ...{
      title: 'motes',
      version,
      description: DESCRIPTION,
      operations,
      tags: TAGS,
      cookie,
      isGuarded: cookie !== null,
    },
    ...{ answered: ANSWERED, sent: SENT, schemas: describeFunctions(functions) },
  });
}

/** What tasks of each function take and answer, and a new task as one of them: which, its type says. */
function describeFunctions(functions: readonly FunctionDeclaration[]): Record<string, JsonSchema> {
  if (functions.length === 0) return {};
  const task = jsonSchemaOf(TaskRequestSchema, 'input');
  const named = functions.map((declaration) => ({ declaration, name: inCapitals(declaration.name) }));
  const mapping = named.flatMap(({ declaration, name }) =>
    typesOf(declaration).map((type) => [type, refTo(`${name}Task`).$ref]),
  );
  return {
    NewTask: {
      description: 'A task as it is submitted.',
      oneOf: named.map(({ name }) => refTo(`${name}Task`)),
      discriminator: { propertyName: 'type', mapping: Object.fromEntries(mapping) },
    },
    ...Object.fromEntries(
      named.flatMap(({ declaration, name }) => [
        [`${name}Task`, describeTask(task, declaration, name)],
        [`${name}Parameters`, describeParameters(declaration)],
        [`${name}Result`, jsonSchemaOf(declaration.result, 'output')],
      ]),
    ),
  };
}

function describeTask(task: JsonSchema, declaration: FunctionDeclaration, name: string): JsonSchema {
  const properties = {
    ...(task.properties as JsonSchema),
    type: { enum: typesOf(declaration), description: `${declaration.title}. ${declaration.description}` },
    parameters: { anyOf: [refTo(`${name}Parameters`), { type: 'null' }] },
  };
  return { ...task, properties, additionalProperties: false };
}

/** Other spellings of a parameter stand beside it. */
function describeParameters(declaration: FunctionDeclaration): JsonSchema {
  const schema = jsonSchemaOf(declaration.parameters, 'input');
  const properties = schema.properties as Readonly<Record<string, JsonSchema>>;
  const spellings = Object.entries(declaration.parameterSpellings).map(([spelling, name]) => {
    const { default: _, ...same } = properties[name]!;
    return [spelling, { ...same, description: `Another name of \`${name}\`: give one of them.` }];
  });
  return { ...schema, properties: { ...properties, ...Object.fromEntries(spellings) } };
}

function typesOf({ name, alsoNamed }: FunctionDeclaration): string[] {
  return [name, ...alsoNamed];
}

/** `lennard_jones` as `LennardJones`. */
function inCapitals(name: string): string {
  return name.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
