import "server-only";
import { Secret, TOTP } from "otpauth";
import { type NewSecret, totp } from "../second-factor.ts";

/** RFC 4226 asks for 160 bits. */
const secretBytes = 20;

/** A secret in base32. */
export function newTotpSecret(): string {
  return new Secret({ size: secretBytes }).base32;
}

/** What an app is given to make codes for `email`. */
export function describeSecret(secret: string, email: string): NewSecret {
  return { secret, uri: generator(secret, email).toString() };
}

/**
 * The time step that a code is of: the present one, or one before or after, as clocks differ.
 *
 * @param at milliseconds since 1970
 * @returns undefined when it is of none of them
 */
export function stepOfCode(secret: string, code: string, at: number): number | undefined {
  if (!new RegExp(`^\\d{${totp.digits}}$`).test(code)) return undefined;
  const delta = generator(secret, "").validate({ token: code, timestamp: at, window: totp.windowSteps });
  return delta === null ? undefined : TOTP.counter({ period: totp.periodSeconds, timestamp: at }) + delta;
}

function generator(secret: string, label: string): TOTP {
  const { algorithm, digits, periodSeconds } = totp;
  return new TOTP({
    issuer: "Daybook",
    label,
    algorithm,
    digits,
    period: periodSeconds,
    secret: Secret.fromBase32(secret),
  });
}
