import { z } from "zod";
import { roles } from "./roles.ts";
import { policyBounds } from "./sign-in-policy.ts";

function bounded(unit: string, { min, max }: { min: number; max: number }) {
  return z
    .int(`must be a whole number of ${unit}`)
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);
}

export const signInPolicyChange = z
  .strictObject({
    secondFactorRoles: z
      .array(z.enum(roles, `must be of ${roles.join(", ")}`))
      .refine((given) => new Set(given).size === given.length, "must name no role twice"),
    idleMinutes: bounded("minutes", policyBounds.idleMinutes),
    absoluteHours: bounded("hours", policyBounds.absoluteHours),
    reason: z
      .string()
      .trim()
      .min(1, "must have 1 to 500 characters")
      .max(500, "must have 1 to 500 characters"),
  })
  .refine(({ idleMinutes, absoluteHours }) => idleMinutes <= absoluteHours * 60, {
    path: ["idleMinutes"],
    message: "must not be longer than a session lasts",
  });

export type SignInPolicyChange = z.output<typeof signInPolicyChange>;
