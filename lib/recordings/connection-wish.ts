import { z } from "zod";
import { connectionKinds } from "@/lib/ingest/enumerations.ts";
import { instant } from "@/lib/ingest/rows.ts";

const words = z.string().min(1).max(1024);
/** A connection that a source opens. */
export const connectionWish = z.strictObject({
  /** The source's own name for it: the same name is the same connection. */
  ref: z.string().min(1).max(256).optional(),
  user: words.optional(),
  target: words.optional(),
  targetUser: words.optional(),
  kind: z.enum(connectionKinds).default("ssh"),
  space: words.optional(),
  clientAddress: z.string().max(256).optional(),
  clientPort: z.coerce.number().int().min(0).max(65_535).optional(),
  clientSoftware: words.optional(),
});

/** What happened to one of its connections. */
export const connectionHappened = z.strictObject({
  event: z.enum(["closed", "connected", "disconnected"]),
  /** UTC; the time of receipt without it. */
  time: instant.optional(),
  cause: words.optional(),
});
