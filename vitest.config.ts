// Where are the tests, and how long may one take?
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Commands that tests start in a process of their own strip the types of every module anew, unless that is remembered.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/perpilot-tests/', import.meta.url));

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'threads',
    // Tests share no state, so files may share a thread: starting one anew for each costs a third of the time.
    isolate: false,
    maxWorkers: 2,
    // The runtime itself loads the modules, as it does for a user; the runner's own loader makes every call across modules slower.
    experimental: { viteModuleRunner: false },
  },
});
