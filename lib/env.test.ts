import { afterEach, beforeEach, expect, it, vi } from "vitest";

const kept = { ...process.env };
beforeEach(() => {
  vi.resetModules();
  const key = Buffer.alloc(32).toString("base64");
  Object.assign(process.env, { DATABASE_URL: "unused", DATA_DIR: "unused", NEXTAUTH_SECRET: "x".repeat(32) });
  Object.assign(process.env, {
    NEXTAUTH_URL: "http://localhost:3000",
    REDACTION_KEY: key,
    AUTHORITY_KEY: key,
    SEALING_KEY: key,
  });
});
afterEach(() => {
  process.env = { ...kept };
});

async function read(given: { [name: string]: string }) {
  Object.assign(process.env, given);
  return (await import("./env.ts")).env();
}

it("takes an empty setting as none", async () => {
  const { SUDO_PORT, SUDO_TLS_PORT, GEOIP_DB } = await read({
    SUDO_PORT: "",
    SUDO_TLS_PORT: "",
    GEOIP_DB: "",
  });
  expect([SUDO_PORT, SUDO_TLS_PORT, GEOIP_DB]).toEqual([undefined, undefined, undefined]);
});

it("names what is wrong", async () => {
  await expect(read({ SUDO_TLS_PORT: "70000" })).rejects.toThrow(
    /^The environment is incomplete. SUDO_TLS_PORT: /,
  );
});

it("reads ports as numbers", async () => {
  expect(await read({ SUDO_TLS_PORT: "30344" })).toMatchObject({ SUDO_TLS_PORT: 30344 });
});
