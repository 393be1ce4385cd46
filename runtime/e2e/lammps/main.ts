/** Our Lennard-Jones fluid beside LAMMPS, really run. See `--help`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Report } from '../chaos/report.ts';
import { compareAverages } from './averages.ts';
import { compareDiffusion } from './diffusion.ts';
import { requireLammps } from './lammps.ts';
import { compareMelts } from './melt.ts';
import { compareRows } from './rows.ts';

const HELP = `Usage: node runtime/e2e/lammps/main.ts

Runs lennard_jones by \`motes run\`, and LAMMPS (Debian's package lammps) on the same: rows of energies from frames of our
trajectories, written as data files; averages of two states; diffusion; and LAMMPS's own benchmark, the melt. Takes two
minutes. Ends with "N passed, N failed"; exit code 1 when something failed.
`;

async function main(): Promise<number> {
  const report = new Report();
  const folder = mkdtempSync(join(tmpdir(), 'motes lammps '));
  try {
    await report.attempt('LAMMPS is there', async () => requireLammps());
    if (report.hasFailed) return report.end();
    await report.attempt('the melt', async () => compareMelts(report, folder));
    await report.attempt('rows', async () => compareRows(report, folder));
    await report.attempt('averages', async () => compareAverages(report, folder));
    await report.attempt('diffusion', async () => compareDiffusion(report, folder));
    return report.end();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } });
if (values.help) process.stdout.write(HELP);
else process.exit(await main());
