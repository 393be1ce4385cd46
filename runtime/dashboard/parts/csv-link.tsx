interface CsvLinkProps {
  /** The search that finds the tasks. */
  readonly query: string;
  /** Of the file, without its ending. */
  readonly name: string;
  readonly text: string;
}

/** Tasks as a file, of any number: the orchestrator writes it, and the browser keeps none of it in memory. */
export function CsvLink({ query, name, text }: CsvLinkProps) {
  return (
    <a class="button" href={`/tasks.csv?${new URLSearchParams({ q: query })}`} download={`${name}.csv`}>
      {text}
    </a>
  );
}
