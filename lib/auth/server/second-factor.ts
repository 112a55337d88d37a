import "server-only";
import type { ClientBase } from "pg";
import { pool } from "@/lib/db/client.ts";
import { utcText } from "@/lib/db/utc-text.ts";
import { plainCode, type SecondFactorState } from "../second-factor.ts";
import { takeRecoveryCode } from "./recovery-codes.ts";
import { unseal } from "./sealed.ts";
import { secondFactorRequiredSql } from "./sign-in-policy.ts";
import { stepOfCode } from "./totp.ts";

/** How a second factor was shown. */
export type SecondFactorUse = "code" | "recovery-code";

type Stored = { secret: Buffer; lastStep: string };

/** Whether the person is asked for a code. */
export async function hasSecondFactor(
  userId: string,
  client: Pick<ClientBase, "query"> = pool(),
): Promise<boolean> {
  const found = await client.query(
    "SELECT 1 FROM second_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL",
    [userId],
  );
  return found.rowCount === 1;
}

/** What the person is told of the own second factor. @throws Error without such a user */
export async function readSecondFactor(userId: string): Promise<SecondFactorState> {
  const found = await pool().query<SecondFactorState>(
    `SELECT ${utcText("f.confirmed_at")} AS "enabledAt",
       (SELECT count(*)::int FROM recovery_codes r WHERE r.user_id = u.id AND r.used_at IS NULL) AS "recoveryCodesLeft",
       ${secondFactorRequiredSql} AS required, u.password_hash IS NOT NULL AS "hasPassword"
     FROM users u LEFT JOIN sign_in_policies p ON p.organization_id = u.organization_id
       LEFT JOIN second_factors f ON f.user_id = u.id AND f.confirmed_at IS NOT NULL
     WHERE u.id = $1`,
    [userId],
  );
  const [state] = found.rows;
  if (!state) throw new Error("There is no such user");
  return state;
}

/**
 * Uses a code of the app or a recovery code up, within the caller's transaction. A code counts once, and none before
 * the last one that counted; of two at the same moment the second waits for the first and is refused.
 *
 * @param at milliseconds since 1970
 * @returns how it was shown; undefined when the code is wrong, used, or there is no second factor
 */
export async function takeSecondFactor(
  client: ClientBase,
  userId: string,
  typed: string,
  at: number = Date.now(),
): Promise<SecondFactorUse | undefined> {
  const found = await client.query<Stored>(
    `SELECT secret, last_step AS "lastStep" FROM second_factors
     WHERE user_id = $1 AND confirmed_at IS NOT NULL FOR UPDATE`,
    [userId],
  );
  const [stored] = found.rows;
  if (!stored) return undefined;
  if (await takeCode(client, userId, stored, typed, at)) return "code";
  return (await takeRecoveryCode(client, userId, typed)) ? "recovery-code" : undefined;
}

/** As {@link takeSecondFactor}, of a row that the caller holds the lock of. */
export async function takeCode(
  client: ClientBase,
  userId: string,
  stored: Stored,
  typed: string,
  at: number = Date.now(),
): Promise<boolean> {
  const step = freshStep(userId, stored, typed, at);
  if (step === undefined) return false;
  await client.query("UPDATE second_factors SET last_step = $2 WHERE user_id = $1", [userId, step]);
  return true;
}

/** The time step of a right code that was not used yet; undefined of any other. It uses nothing up. */
export function freshStep(
  userId: string,
  { secret, lastStep }: Stored,
  typed: string,
  at: number,
): number | undefined {
  const step = stepOfCode(unseal("second factor", userId, secret), plainCode(typed), at);
  return step === undefined || step <= Number(lastStep) ? undefined : step;
}
