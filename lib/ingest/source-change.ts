import { z } from "zod";
import { sourceSettings } from "./source-wish.ts";

/** The words of whoever changes something, for the audit log. */
const reason = z
  .string()
  .trim()
  .min(1, "must not be empty")
  .max(500, "must have at most 500 characters")
  .optional();

/** Stops a source (`disabled`), or lets it post again, or gives it other settings: one of both. */
export const sourceChange = z
  .strictObject({ disabled: z.boolean().optional(), settings: sourceSettings.optional(), reason })
  .refine(({ disabled, settings }) => (disabled === undefined) !== (settings === undefined), {
    error: "must have either disabled or settings",
  });

/** Asks for a new token in place of the old one. */
export const tokenRenewal = z.strictObject({ reason });

/** What shall become of a quarantined record. */
export const recordResolution = z.strictObject({ action: z.enum(["replay", "dismiss"]), reason });
