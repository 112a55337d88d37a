import { defineConfig } from "@playwright/test";

const executablePath = process.env["DAYBOOK_CHROMIUM"];

/** `npm test -- e2e`: builds, starts an installation of its own on a free port, and drives Chromium. */
export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../test-results",
  globalSetup: "./installation.ts",
  // One server and one database serve all of them.
  workers: 1,
  // What a page does takes moments. Where one slow core runs the browser, the server and the database beside
  // other work it takes thirty times as long, and a test waits for what it expects all the same.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env["CI"] !== undefined,
  // A stalled machine is no fault of Daybook's. What passes only when repeated is listed as flaky, to be looked into;
  // where a person works it fails at once.
  retries: process.env["CI"] === undefined ? 0 : 1,
  use: {
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    trace: "retain-on-failure",
    launchOptions: {
      ...(executablePath !== undefined && { executablePath }),
      args: [
        // Chromium refuses to run as root inside of its sandbox.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
