import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { fingerprint, readStamp, removeStamp, writeStamp } from "./fingerprint.mjs";
import { run } from "./processes.mjs";
import { Failure, say, step } from "./terminal.mjs";

/** The project's folder. */
export const root = fileURLToPath(new URL("..", import.meta.url));

const modules = path.join(root, "node_modules");
const sources = [
  "app",
  "components",
  "lib",
  "public",
  "prisma/schema.prisma",
  "instrumentation.ts",
  "instrumentation-client.ts",
  "next.config.mjs",
  "next.config.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "package-lock.json",
];

/** @throws {Failure} below the oldest Node.js that everything here runs on */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Failure(`Daybook needs Node.js 20.19 or newer, and this is ${process.versions.node}.`);
}

/** Installs the packages of package-lock.json, unless they are there. */
export async function install() {
  const stampFile = path.join(modules, ".daybook-install");
  const stamp = `${fingerprint(root, ["package-lock.json"])} ${process.platform}-${process.arch}`;
  if (readStamp(stampFile) === stamp) return;
  if (!installedByHand()) {
    await step("Installing packages", () => npm(["ci", "--include=dev", "--no-audit", "--no-fund"]));
  }
  writeStamp(stampFile, stamp);
}

/** Whether somebody ran npm here before us, with the same outcome: npm keeps its own list of what it installed. */
function installedByHand() {
  const list = path.join(modules, ".package-lock.json");
  if (!existsSync(list)) return false;
  return sameInstallation(
    readFileSync(path.join(root, "package-lock.json"), "utf8"),
    readFileSync(list, "utf8"),
  );
}

/**
 * @param {string} wanted package-lock.json
 * @param {string} installed node_modules/.package-lock.json
 * @returns {boolean} whether nothing is missing but packages for other platforms, and nothing differs
 */
export function sameInstallation(wanted, installed) {
  /** @type {Record<string, { version?: string, optional?: boolean }>} */
  const wantedPackages = JSON.parse(wanted).packages;
  /** @type {Record<string, { version?: string }>} */
  const installedPackages = JSON.parse(installed).packages;
  const isMissing = ([name = "", entry = {}]) =>
    name !== "" &&
    installedPackages[name]?.version !== entry.version &&
    !(entry.optional && !installedPackages[name]);
  return (
    !Object.entries(wantedPackages).some(isMissing) &&
    Object.keys(installedPackages).every((name) => wantedPackages[name] !== undefined)
  );
}

/** @param {string[]} args */
function npm(args) {
  const script = process.env.npm_execpath;
  const options = { cwd: root, env: { ...process.env, NODE_ENV: "development" } };
  if (script) return run("npm ci", process.execPath, [script, ...args], options);
  return run("npm ci", "npm", args, { ...options, shell: process.platform === "win32" });
}

/** Generates the Prisma client, unless it is there for this schema. */
export async function generate() {
  const target = path.join(root, "lib/generated/prisma");
  const stampFile = path.join(target, ".daybook-generate");
  const stamp = fingerprint(root, ["prisma/schema.prisma", "package-lock.json"]);
  if (readStamp(stampFile) === stamp) return;
  await step("Generating the database client", async () => {
    // Generating needs no schema engine, and Prisma would download one unless it is told of some program.
    const env = {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
    };
    const prisma = path.join(modules, "prisma/build/index.js");
    const args = ["generate", "--config", path.join(root, "prisma/config.ts")];
    await run("prisma generate", process.execPath, [prisma, ...args], { cwd: root, env });
  });
  writeStamp(stampFile, stamp);
}

/** Builds the application, unless the build there is of these sources. */
export async function build() {
  const stampFile = path.join(root, ".next/daybook-build");
  const stamp = fingerprint(root, sources, (file) => /\.test\.tsx?$/.test(file) || file === "lib/generated");
  if (readStamp(stampFile) === stamp) return;
  removeStamp(stampFile);
  await step("Building the application", async () => {
    const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
    await run("next build", process.execPath, [path.join(modules, "next/dist/bin/next"), "build"], {
      cwd: root,
      env,
    });
  });
  writeStamp(stampFile, stamp);
}

/** Says so when there was nothing to do, so that a second start is not silent either. @param {() => Promise<void>} work */
export async function quickly(work) {
  const started = Date.now();
  await work();
  if (Date.now() - started < 1000) say("Nothing to install or build.");
}
