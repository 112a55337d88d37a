import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@\//, replacement: root },
      // Tests stand on the server's side of the boundary that this package draws.
      { find: /^server-only$/, replacement: `${root}node_modules/server-only/empty.js` },
    ],
  },
  test: {
    include: ["{lib,bin,components,app}/**/*.test.{ts,tsx}"],
    exclude: ["lib/generated/**"],
    globalSetup: ["lib/db/test-database.ts"],
    setupFiles: ["lib/audit/test-captured.ts"],
    // As in e2e/playwright.config.ts.
    retry: process.env["CI"] === undefined ? 0 : 1,
    // What a test waits for takes moments; a busy machine may stall for several seconds in between.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
