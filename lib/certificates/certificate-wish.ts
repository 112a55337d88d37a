import { z } from "zod";
import { certificateDays } from "./certificate.ts";

const days = z
  .int("must be a whole number")
  .min(1, "must be at least 1")
  .max(certificateDays.most, `must be at most ${certificateDays.most}`)
  .default(certificateDays.usual);

/** Asks for a certificate. The name is the host's, as its common name. */
export const certificateWish = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(64, "must be at most 64 characters")
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be letters, digits, dots, hyphens and underscores"),
  days,
});

/** Asks for a certificate in place of another. */
export const certificateRenewal = z.strictObject({
  days,
  reason: z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(500, "must have at most 500 characters")
    .optional(),
});
