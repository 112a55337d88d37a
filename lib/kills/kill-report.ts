import { z } from "zod";
import { killLimits, reportedStates } from "./kill.ts";

/** What a source reports of a kill. `detail` says why it failed. */
export const killReport = z.strictObject({
  state: z.enum(reportedStates),
  detail: z
    .string()
    .max(killLimits.detail)
    .refine((text) => !/\p{Cc}/u.test(text), "must not contain control characters")
    .optional(),
});
