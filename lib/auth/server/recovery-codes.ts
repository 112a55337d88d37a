import "server-only";
import { createHash, randomInt } from "node:crypto";
import type { ClientBase } from "pg";
import { plainCode, recoveryCodeCount } from "../second-factor.ts";

/** Without letters and digits that look alike. */
const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
/** 12 of 31 letters are 59 bits: nothing to guess, so that a fast hash will do. */
const letters = 12;
const groups = /.{4}/g;
const form = new RegExp(`^[${alphabet}]{${letters}}$`);

/**
 * Gives a person new recovery codes in place of all others, within the caller's transaction.
 *
 * @returns the codes, which are kept nowhere else: `abcd-efgh-jkmn`
 */
export async function renewRecoveryCodes(client: ClientBase, userId: string): Promise<string[]> {
  const codes = new Set<string>();
  while (codes.size < recoveryCodeCount) codes.add(newCode());
  const list = [...codes];
  await removeRecoveryCodes(client, userId);
  await client.query("INSERT INTO recovery_codes (user_id, hash) SELECT $1, unnest($2::bytea[])", [
    userId,
    list.map((code) => hashOf(userId, code)),
  ]);
  return list.map((code) => (code.match(groups) ?? []).join("-"));
}

/** Within the caller's transaction. */
export async function removeRecoveryCodes(client: ClientBase, userId: string): Promise<void> {
  await client.query("DELETE FROM recovery_codes WHERE user_id = $1", [userId]);
}

/**
 * Uses a recovery code up, within the caller's transaction; of two at once the second waits for the first and is refused.
 *
 * @returns false when the person has no such code, or used it before
 */
export async function takeRecoveryCode(client: ClientBase, userId: string, typed: string): Promise<boolean> {
  const code = plainCode(typed);
  if (!form.test(code)) return false;
  const taken = await client.query(
    "UPDATE recovery_codes SET used_at = now() WHERE user_id = $1 AND hash = $2 AND used_at IS NULL",
    [userId, hashOf(userId, code)],
  );
  return taken.rowCount === 1;
}

function newCode(): string {
  return Array.from({ length: letters }, () => alphabet[randomInt(alphabet.length)]).join("");
}

function hashOf(userId: string, code: string): Buffer {
  return createHash("sha256").update(`${userId} ${code}`, "utf8").digest();
}
