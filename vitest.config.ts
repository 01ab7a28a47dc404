// Where are the tests, and how long may one take?
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'threads',
    // Tests share no state, so files may share a thread: starting one anew for each costs a third of the time.
    isolate: false,
    maxWorkers: 2,
  },
});
