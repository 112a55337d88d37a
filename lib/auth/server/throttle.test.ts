import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pool } from "@/lib/db/client.ts";
import { signInLimits } from "../limits.ts";
import { type TestInstallation, testInstallation } from "./test-installation.ts";
import { countAttempt, forgetOldAttempts, forgiveAttempt } from "./throttle.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

const { account, address } = signInLimits;

async function countAllowed(tries: { email: string; address: string }[]): Promise<number> {
  const results = await Promise.all(tries.map(countAttempt));
  return results.filter(Boolean).length;
}

function times<T>(count: number, make: (place: number) => T): T[] {
  return Array.from({ length: count }, (_, place) => make(place));
}

async function passTime(minutes: number): Promise<void> {
  await pool().query(
    `UPDATE sign_in_throttles SET window_start = window_start - make_interval(mins => $1),
                                  locked_until = locked_until - make_interval(mins => $1)`,
    [minutes],
  );
}

describe("the throttle", () => {
  it("lets as many of a hundred guesses sent at once through as its limit says", async () => {
    const tries = times(100, (n) => ({ email: "parallel@example.org", address: `198.51.100.${n}` }));
    expect(await countAllowed(tries)).toBe(account.guesses);
    expect(await countAttempt({ email: "parallel@example.org", address: "203.0.113.9" })).toBe(false);
  });

  it("counts an address over all accounts, and an IPv6 address by its /64", async () => {
    const v4 = times(80, (n) => ({ email: `v4-${n}@example.org`, address: "192.0.2.7" }));
    expect(await countAllowed(v4)).toBe(address.guesses);
    const v6 = times(80, (n) => ({
      email: `v6-${n}@example.org`,
      address: `2001:db8:1:2::${n.toString(16)}`,
    }));
    expect(await countAllowed(v6)).toBe(address.guesses);
    expect(await countAttempt({ email: "v6@example.org", address: "2001:db8:1:3::1" })).toBe(true);
    expect(await countAttempt({ email: "v4@example.org", address: "::ffff:192.0.2.7" })).toBe(false);
  });

  it("does not let a locked address lock accounts", async () => {
    const victim = "victim@example.org";
    expect(await countAllowed(times(50, () => ({ email: victim, address: "192.0.2.7" })))).toBe(0);
    expect(await countAttempt({ email: victim, address: "192.0.2.8" })).toBe(true);
  });

  it("unlocks after its time, and tries in between do not prolong the lock", async () => {
    const email = "patient@example.org";
    const tries = times(account.guesses + 1, (n) => ({ email, address: `203.0.113.${n}` }));
    await countAllowed(tries);
    await passTime(account.lockMinutes - 1);
    expect(await countAttempt({ email, address: "203.0.113.200" })).toBe(false);
    await passTime(2);
    expect(await countAllowed(tries)).toBe(account.guesses);
  });

  it("starts an account anew after a right password, and gives the address one try back, not all", async () => {
    const [email, from] = ["right@example.org", "192.0.2.50"];
    const others = times(address.guesses - 1, (n) => ({ email: `guess-${n}@example.org`, address: from }));
    expect(await countAllowed(others)).toBe(address.guesses - 1);
    expect(await countAttempt({ email, address: from })).toBe(true);
    await forgiveAttempt({ email, address: from });
    expect(await countAttempt({ email: "next@example.org", address: from })).toBe(true);
    expect(await countAttempt({ email: "after@example.org", address: from })).toBe(false);
  });

  it("forgets counts of past days, but no lock that holds", async () => {
    await pool().query("DELETE FROM sign_in_throttles");
    await countAttempt({ email: "old@example.org", address: "" });
    await passTime(60 * 25);
    await countAllowed(times(account.guesses + 1, () => ({ email: "locked@example.org", address: "" })));
    await pool().query(
      "UPDATE sign_in_throttles SET window_start = now() - interval '2 days' WHERE locked_until > now()",
    );
    expect(await forgetOldAttempts()).toBe(1);
    expect(await countAttempt({ email: "locked@example.org", address: "" })).toBe(false);
  });
});
