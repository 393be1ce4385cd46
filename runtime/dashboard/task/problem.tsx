import type { ProblemDocument } from '../../wire/problem.ts';

/** A problem, whole: its code, its words, and what else it names. */
export function ProblemText({ problem: { code, detail, pointer, errors } }: { problem: ProblemDocument }) {
  return (
    <div class="problem">
      <p>
        <code>{code}</code> {detail} {pointer !== undefined && <code>{pointer}</code>}
      </p>
      {errors && errors.length > 1 && (
        <ul>
          {errors.map((fault, index) => (
            <li key={index}>
              <code>{fault.code}</code> {fault.detail} {fault.pointer !== undefined && <code>{fault.pointer}</code>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
