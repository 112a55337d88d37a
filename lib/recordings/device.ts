import { z } from "zod";

/** What a person says when they claim an asciinema installation. */
export const deviceClaim = z.strictObject({
  installId: z.uuid("must be the id that asciinema printed").toLowerCase(),
  name: z.string().trim().min(1, "must not be empty").max(100, "must have at most 100 characters"),
});

/** Whose an install id is. */
export type ClaimState = "free" | "mine" | "taken";

/** An asciinema installation of the reader; times are UTC. */
export type DeviceLine = {
  id: string;
  name: string;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
};
