import { z } from "zod";
import { ingestKind, isIngestKind } from "./kinds.ts";

/** What a new source is made of. Settings are those its kind names; an empty one counts as not given. */
export const sourceWish = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1, "must not be empty")
      .max(100, "must be at most 100 characters")
      .refine((name) => !/\p{Cc}/u.test(name), "must not contain control characters"),
    kind: z.string().refine(isIngestKind, "is no kind of source"),
    settings: z.record(z.string(), z.string().max(1000)).default({}),
  })
  .superRefine(({ kind, settings }, context) => {
    if (!isIngestKind(kind)) return;
    const known = new Set(ingestKind(kind).settings?.map(({ name }) => name));
    for (const name of Object.keys(settings)) {
      if (!known.has(name))
        context.addIssue({ code: "custom", path: ["settings", name], message: `is no setting of ${kind}` });
    }
  })
  .transform(({ settings, ...wish }) => ({
    ...wish,
    settings: Object.fromEntries(Object.entries(settings).filter(([, value]) => value.trim() !== "")),
  }));

export type SourceWish = z.output<typeof sourceWish>;
