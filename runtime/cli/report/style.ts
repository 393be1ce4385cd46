import { Markup } from './markup.ts';

/** How a report looks: light and dark, and on paper. */
export const REPORT_STYLE = new Markup(`
:root { color-scheme: light dark; --faint: light-dark(#566175, #a3aec2); --line: light-dark(#d5d9e0, #2c3950);
  --good: light-dark(#1b7a3d, #5ccb85); --bad: light-dark(#b3261e, #ff8a80); --accent: light-dark(#1a56b0, #8ab8ff); }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; padding: 0 1rem; max-width: 75rem;
  background: light-dark(#fff, #0e1420); color: light-dark(#17202f, #e8ecf3); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .6rem; }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; } dt { font-size: .82rem; color: var(--faint); } dd { margin: 0; font-size: 1.1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { text-align: left; font-weight: 400; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--faint); white-space: nowrap; } tbody th { overflow-wrap: anywhere; min-width: 6rem; }
section, .wide { overflow-x: auto; } .many td { white-space: nowrap; } .many .digest { display: inline-block; width: 33ch; white-space: normal; word-break: break-all; }
code { font-family: ui-monospace, monospace; font-size: .88em; overflow-wrap: anywhere; }
.faint, .queued, .cancelled { color: var(--faint); } .succeeded { color: var(--good); } .failed { color: var(--bad); } .running, .active { color: var(--accent); }
figure { margin: 0 0 1.5rem; } figcaption { margin-bottom: .5rem; } ol { padding-left: 1.2rem; } li { margin-bottom: .5rem; overflow-wrap: anywhere; }
svg { max-width: 100%; height: auto; font: 12px system-ui, sans-serif; text-anchor: middle; }
svg .axis { fill: var(--faint); } svg .end { text-anchor: end; } svg .start { text-anchor: start; }
.grid { stroke: var(--line); } .mean { fill: none; stroke: var(--accent); stroke-width: 2; } .point { fill: var(--accent); }
.band { fill: var(--accent); opacity: .15; }
@media print { body { margin: 0; max-width: none; } section, .wide { overflow: visible; } }
`);
