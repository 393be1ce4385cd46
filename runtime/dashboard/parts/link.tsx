import type { ComponentChildren } from 'preact';
import { go } from '../state/url.ts';

interface LinkProps {
  readonly to: string;
  readonly class?: string;
  readonly current?: boolean;
  readonly label?: string;
  readonly title?: string;
  readonly children: ComponentChildren;
}

/** Leads to another view without loading the page anew; a new tab is for the browser. */
export function Link({ to, current, label, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} onClick={follow} aria-current={current ? 'page' : undefined} aria-label={label} {...rest}>
      {children}
    </a>
  );
}
