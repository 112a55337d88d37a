import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockDataFolder, lockHolder } from "@/bin/data-folder.mjs";
import { inspectNote } from "@/bin/postgres-takeover.mjs";
import { sameInstallation } from "@/bin/prepare.mjs";
import { processIdentity } from "@/bin/processes.mjs";
import { openSecrets } from "@/bin/secrets.mjs";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "daybook-recovery-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("the note that a killed database leaves behind", () => {
  const cluster = "/srv/data/postgres";
  const look = (alive: boolean, command: string, pid = "4711") =>
    inspectNote(`${pid}\n${cluster}\n`, cluster, { isAlive: () => alive, commandLine: () => command });

  test("its process is gone", () => expect(look(false, "")).toBe("gone"));
  test("its process still runs", () =>
    expect(look(true, `/x/bin/postgres -D ${cluster} -p 1`)).toBe("orphan"));
  test("its number is another cluster's", () =>
    expect(look(true, "postgres -D /var/lib/other")).toBe("foreign"));
  test("its number is another program's", () => expect(look(true, `vim ${cluster}/x`)).toBe("foreign"));
  test("it was cut off in its writing", () => expect(look(true, "", "")).toBe("foreign"));
});

describe("the lock of the data folder", () => {
  test("holds off a second start, and is free after the first", () => {
    const unlock = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(`process ${process.pid}`);
    unlock();
    lockDataFolder(folder)();
  });

  test("counts for nothing once its process was killed", async () => {
    const child = spawn("sleep", ["60"]);
    await once(child, "spawn");
    const pid = child.pid ?? 0;
    const lock = JSON.stringify({ pid, identity: processIdentity(pid) });
    expect(lockHolder(lock, processIdentity)).toBe(pid);
    child.kill("SIGKILL");
    await once(child, "exit");
    writeFileSync(path.join(folder, "daybook.lock"), lock);
    lockDataFolder(folder)();
  });

  test("counts for nothing when its number went to another process", () => {
    expect(lockHolder(JSON.stringify({ pid: 1, identity: "boot/1" }), () => "boot/2")).toBeNull();
  });

  test("counts for nothing when it was cut off in its writing", () => {
    writeFileSync(path.join(folder, "daybook.lock"), '{"pid":');
    lockDataFolder(folder)();
  });
});

describe("secrets", () => {
  test("stay the same", () => expect(openSecrets(folder, false)).toEqual(openSecrets(folder, true)));

  test("are not made anew for a database that the old ones open", () => {
    expect(() => openSecrets(folder, true)).toThrow("is missing");
  });

  test("are not made anew over a damaged file", () => {
    writeFileSync(path.join(folder, "secrets.json"), '{"ownerPassw');
    expect(() => openSecrets(folder, false)).toThrow("is damaged");
  });
});

describe("an installation made by hand", () => {
  const lock = (packages: object) => JSON.stringify({ packages });
  const wanted = lock({ "": {}, a: { version: "1" }, b: { version: "1", optional: true } });

  test("is taken as it is, less the packages of other platforms", () => {
    expect(sameInstallation(wanted, lock({ a: { version: "1" } }))).toBe(true);
  });
  test.each([
    ["a package is missing", { b: { version: "1" } }],
    ["a version differs", { a: { version: "2" } }],
    ["an optional version differs", { a: { version: "1" }, b: { version: "2" } }],
    ["a package is left over", { a: { version: "1" }, c: { version: "1" } }],
  ])("is replaced when %s", (_, packages) => {
    expect(sameInstallation(wanted, lock(packages))).toBe(false);
  });
});
