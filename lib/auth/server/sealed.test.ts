import { afterAll, beforeAll, expect, it } from "vitest";
import { seal, unseal } from "./sealed.ts";
import { type TestInstallation, testInstallation } from "./test-installation.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

it("opens for the same purpose and owner, and seals the same text never twice alike", () => {
  const sealed = seal("second factor", "ann", "JBSWY3DPEHPK3PXP");
  expect(unseal("second factor", "ann", sealed)).toBe("JBSWY3DPEHPK3PXP");
  expect(sealed.toString("latin1")).not.toContain("JBSWY3DP");
  expect(seal("second factor", "ann", "JBSWY3DPEHPK3PXP").equals(sealed)).toBe(false);
});

it("does not open for somebody else, for another purpose, changed or cut", () => {
  const sealed = seal("second factor", "ann", "secret");
  const changed = Buffer.from(sealed);
  changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1;
  expect(() => unseal("second factor", "ben", sealed)).toThrow("does not open");
  expect(() => unseal("identity provider", "ann", sealed)).toThrow("does not open");
  for (const bad of [changed, sealed.subarray(0, 20), Buffer.alloc(0), Buffer.from("clear text of a secret")])
    expect(() => unseal("second factor", "ann", bad)).toThrow("does not open");
});
