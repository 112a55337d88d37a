import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { findSource } from "@/lib/ingest/server/sources.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import { createDeploymentToken } from "./deployment-tokens.ts";
import { servePairing } from "./pair-http.ts";

let installation: TestInstallation;
let server: Server;
let folder: string;
let make: (name: string) => Promise<string>;
beforeAll(async () => {
  installation = await testInstallation();
  const { sessionId } = await installation.login(await installation.addUser("admin"));
  const principal = await principalOfSession(sessionId, new Headers());
  if (!principal) throw new Error("The session is nobody's");
  const wish = { kind: "sshd", settings: {}, hosts: 1, expiresInHours: 1 };
  make = async (name) => (await createDeploymentToken(principal, { ...wish, name })).token;
  folder = mkdtempSync(path.join(tmpdir(), "daybook-pair-"));
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const answer = await servePairing(
      new Request(`http://localhost:3000${request.url}`, {
        method: request.method ?? "",
        headers: request.headers as { [name: string]: string },
        body: Buffer.concat(chunks),
      }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
  await flushAnonymousFailures();
  await installation.remove();
});

/** @returns how `daybook-ship pair` ended, and what it said */
function run(token: string, name: string, file: string): Promise<{ code: number; said: string }> {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/api/v1/ingest/sshd`;
  const args = ["public/ship/daybook-ship.sh", "pair", "-u", url, "-t", path.join(folder, file), "-n", name];
  const env = { ...process.env, DAYBOOK_DEPLOYMENT_TOKEN: token };
  return new Promise((resolve) => {
    execFile("sh", args, { env }, (error, _, said) =>
      resolve({ code: error ? Number(error.code) : 0, said }),
    );
  });
}

const kept = (file: string) => readFileSync(path.join(folder, file), "utf8");

describe.skipIf(process.platform !== "linux")("daybook-ship pair", () => {
  it("keeps the token of the source that the host becomes, for its owner alone", async () => {
    const token = await make("one command");
    expect(await run(token, "web-1 & more", "token")).toEqual({
      code: 0,
      said: `daybook-ship: paired as web-1 & more: its token is in ${folder}/token\n`,
    });
    expect(await findSource(kept("token").trim())).toMatchObject({ name: "web-1 & more" });
    expect(statSync(path.join(folder, "token")).mode & 0o777).toBe(0o600);
  });

  it("does nothing where a token is kept already, so that it may run again", async () => {
    writeFileSync(path.join(folder, "held"), "dbs_held\n");
    const token = await make("again");
    expect(await run(token, "again-1", "held")).toMatchObject({ code: 0 });
    expect(kept("held")).toBe("dbs_held\n");
    expect(await run(token, "again-1", "not-held")).toMatchObject({ code: 0 });
  });

  it("says why it may not, and leaves no file", async () => {
    const token = await make("used up");
    expect(await run(token, "first", "first")).toMatchObject({ code: 0 });
    const { code, said } = await run(token, "second", "second");
    expect(code).toBe(1);
    expect(said).toContain("answers 410");
    expect(said).toContain("is used up: 1 host has paired with it");
    expect(() => kept("second")).toThrow("ENOENT");
    expect(() => kept("second.new")).toThrow("ENOENT");
    expect(await run("", "third", "third")).toMatchObject({ code: 1 });
  });
});
