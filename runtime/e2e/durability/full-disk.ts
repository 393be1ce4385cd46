import type { Case } from './case.ts';

export const fullDiskCases: readonly Case[] = [];
