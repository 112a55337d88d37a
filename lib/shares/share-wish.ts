import { z } from "zod";

/** Asks for a share. */
export const shareWish = z.strictObject({
  userId: z.uuid("must be the id of a user"),
  reason: z.string().trim().min(1, "must not be empty").max(500, "must have at most 500 characters"),
  until: z.iso.date("must be a date as 2026-12-01"),
});
