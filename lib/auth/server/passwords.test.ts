import { describe, expect, it } from "vitest";
import { processorMs } from "@/lib/test-time.ts";
import { generatePassword, hashPassword, passwordFault, verifyPassword } from "./passwords.ts";

describe("passwords", () => {
  it("verifies the password it hashed and no other", async () => {
    const stored = await hashPassword("correct horse battery");
    expect(await verifyPassword("correct horse battery", stored)).toBe(true);
    expect(await verifyPassword("correct horse batterz", stored)).toBe(false);
    expect(await verifyPassword("", stored)).toBe(false);
  });

  it("stores cost and salt beside the hash, and salts anew each time", async () => {
    const [one, two] = await Promise.all([
      hashPassword("correct horse battery"),
      hashPassword("correct horse battery"),
    ]);
    expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(two);
  });

  it("takes the same letters in either Unicode form for the same password", async () => {
    const stored = await hashPassword("Caf\u00e9 Caf\u00e9 Caf\u00e9");
    expect(await verifyPassword("Cafe\u0301 Cafe\u0301 Cafe\u0301", stored)).toBe(true);
  });

  it("does as much work for an account that does not exist", async () => {
    const stored = await hashPassword("correct horse battery");
    const time = async (hash: string | null) => {
      const started = processorMs();
      expect(await verifyPassword("another password", hash)).toBe(false);
      return processorMs() - started;
    };
    await time(null);
    const [known, unknown] = [await time(stored), await time(null)];
    expect(unknown).toBeGreaterThan(known / 3);
  });

  it("does not accept a password of which only the first 1024 characters are right", async () => {
    const stored = await hashPassword("x".repeat(1024));
    expect(await verifyPassword("x".repeat(1024), stored)).toBe(true);
    expect(await verifyPassword("x".repeat(1025), stored)).toBe(false);
  });

  it("says what is wrong with a length", async () => {
    expect(passwordFault("elevenchars")).toBe("must have at least 12 characters");
    expect(passwordFault("x".repeat(1025))).toBe("must have at most 1024 characters");
    expect(passwordFault("twelve chars")).toBeUndefined();
    await expect(hashPassword("short")).rejects.toThrow("at least 12 characters");
  });

  it("refuses a stored hash that it cannot have written", async () => {
    await expect(verifyPassword("correct horse battery", "plain text")).rejects.toThrow("not in a form");
  });

  it("generates passwords that are long enough and never the same", () => {
    const many = new Set(Array.from({ length: 200 }, generatePassword));
    expect(many.size).toBe(200);
    for (const password of many) {
      expect(password).toMatch(/^(?:[a-hjkmnp-z2-9]{5}-){4}[a-hjkmnp-z2-9]{5}$/);
      expect(passwordFault(password)).toBeUndefined();
    }
  });
});
