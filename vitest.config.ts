import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['functions/**/*.test.ts', 'runtime/**/*.test.ts', 'scripts/**/*.test.ts', 'assembly/**/*.test.ts'],
    // Two processors are shared by tests that start processes of their own.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
