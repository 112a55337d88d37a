import { z } from "zod";
import { givenSettings, refuseSettings, sourceFields, sourceName } from "@/lib/ingest/source-wish.ts";
import { deploymentLimits } from "./deployment-token.ts";

/** What a new deployment token shall be: what its hosts become, how many, and for how long. */
export const deploymentTokenWish = z
  .strictObject({
    ...sourceFields,
    hosts: z.int().min(1).max(deploymentLimits.hosts).default(1).describe("How many hosts may pair."),
    expiresInHours: z
      .int()
      .min(1)
      .max(deploymentLimits.hours)
      .describe("Hours until no host pairs any more."),
  })
  .superRefine(refuseSettings)
  .transform((wish) => ({ ...wish, settings: givenSettings(wish.settings) }));

export type DeploymentTokenWish = z.output<typeof deploymentTokenWish>;

/** What a host says when it pairs. */
export const pairWish = z.strictObject({
  host: sourceName.describe("The host's name; its source is named so."),
});
