/** The layouts of files that hold a configuration. */
import type { Configuration } from './configuration.ts';
import { readXyz } from './extended-xyz.ts';
import { readNist } from './nist.ts';

export const FORMATS = ['nist', 'xyz'] as const;
export type Format = (typeof FORMATS)[number];

/** What a file's name says of its layout: extended XYZ by its ending, else NIST's. */
export function formatOf(file: string): Format {
  return /\.(ext)?xyz$/i.test(file) ? 'xyz' : 'nist';
}

/** @throws ConfigurationError with line and column */
export function readConfiguration(text: string, format: Format): Configuration {
  return format === 'nist' ? readNist(text) : readXyz(text);
}
