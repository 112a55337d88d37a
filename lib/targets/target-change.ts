import { z } from "zod";
import { descriptionLength } from "./target-line.ts";

/** What may be changed about a target or a space. */
export const targetChange = z.strictObject({
  description: z
    .string()
    .trim()
    .max(descriptionLength, `must have at most ${descriptionLength} characters`)
    .refine((text) => !/\p{Cc}/u.test(text), "must not contain control characters"),
});
