import { z } from "zod";
import { passwordLength } from "./limits.ts";

/** Longer than any code with blanks, and short enough to hash. */
const code = z.string().trim().min(1, "must have 1 to 64 characters").max(64, "must have 1 to 64 characters");

/** A code of the authenticator app. */
export const codeWish = z.strictObject({ code });

/** The password or a code, not both. */
export const proofWish = z.union(
  [z.strictObject({ password: z.string().max(passwordLength.max) }), codeWish],
  {
    error: "must hold either password or code",
  },
);
