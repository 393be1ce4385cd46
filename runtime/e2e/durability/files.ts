import type { Case } from './case.ts';

export const fileCases: readonly Case[] = [];
