import { defineConfig } from 'vitest/config';

// A machine that does much else is slow; a test that hangs is still ended.
export default defineConfig({ test: { include: ['test/{unit,page}/**/*.test.ts'], testTimeout: 30_000 } });
