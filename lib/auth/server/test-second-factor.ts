import { Secret, TOTP } from "otpauth";
import type { Principal } from "../principal.ts";
import { principalOfSession } from "./authenticate.ts";
import { beginEnrolment, confirmEnrolment } from "./enrolment.ts";
import type { TestInstallation, TestUser } from "./test-installation.ts";

/** The code that an app shows. @param at milliseconds since 1970 */
export function codeAt(secret: string, at: number): string {
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: at });
}

/** The person of a fresh session. */
export async function personOf(installation: TestInstallation, user: TestUser): Promise<Principal> {
  const { sessionId } = await installation.login(user);
  const headers = new Headers({ "x-daybook-address": "192.0.2.1", "user-agent": "test" });
  const principal = await principalOfSession(sessionId, headers);
  if (!principal) throw new Error("nobody");
  return principal;
}

/**
 * Gives somebody a second factor as they would do it, ten minutes ago: the codes of now are unused.
 * @param as with which session; without it with a fresh one. Others with a password end
 */
export async function enrol(
  installation: TestInstallation,
  user: TestUser,
  as?: Principal,
): Promise<{ secret: string; recoveryCodes: string[]; principal: Principal }> {
  const principal = as ?? (await personOf(installation, user));
  const { secret } = await beginEnrolment(principal, { password: user.password });
  const before = Date.now() - 600_000;
  const recoveryCodes = await confirmEnrolment(principal, codeAt(secret, before), before);
  return { secret, recoveryCodes, principal };
}
