import { z } from "zod";
import { ingestKind, isIngestKind } from "./kinds.ts";

/** Settings as a person fills them in; an empty one counts as not given. */
export const sourceSettings = z.record(
  z.string(),
  z
    .string()
    .max(1000, "must be at most 1000 characters")
    .refine((value) => !/\p{Cc}/u.test(value), "must not contain control characters"),
);

/** Whether the kind lets people set this; sources may have settings besides. */
export function isSettingOf(kind: string, name: string): boolean {
  return ingestKind(kind).settings?.some((setting) => setting.name === name) ?? false;
}

/** What is wrong with settings of a kind, by name: those that it does not know, and those it cannot use. */
export function settingFaults(
  kind: string,
  settings: { [name: string]: string },
): { name: string; reason: string }[] {
  return Object.entries(givenSettings(settings)).flatMap(([name, value]) => {
    const setting = ingestKind(kind).settings?.find((known) => known.name === name);
    const reason = setting ? setting.fault?.(value) : `is no setting of ${kind}`;
    return reason === undefined ? [] : [{ name, reason }];
  });
}

/** The settings that say something. */
export function givenSettings(settings: { [name: string]: string }): { [name: string]: string } {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value.trim() !== ""));
}

/** The name of a source, and of what makes sources. */
export const sourceName = z
  .string()
  .trim()
  .min(1, "must not be empty")
  .max(100, "must be at most 100 characters")
  .refine((name) => !/\p{Cc}/u.test(name), "must not contain control characters");

/** Fields of what shall become a source; {@link refuseSettings} checks them together. */
export const sourceFields = {
  name: sourceName,
  kind: z.string().refine(isIngestKind, "is no kind of source"),
  settings: sourceSettings.default({}),
};

/** Names each setting that the kind does not know or cannot use. */
export function refuseSettings(
  { kind, settings }: { kind: string; settings: { [name: string]: string } },
  context: z.RefinementCtx,
): void {
  if (!isIngestKind(kind)) return;
  for (const { name, reason } of settingFaults(kind, settings)) {
    context.addIssue({ code: "custom", path: ["settings", name], message: reason });
  }
}

/** What a new source is made of. Settings are those its kind names; an empty one counts as not given. */
export const sourceWish = z
  .strictObject(sourceFields)
  .superRefine(refuseSettings)
  .transform((wish) => ({ ...wish, settings: givenSettings(wish.settings) }));

export type SourceWish = z.output<typeof sourceWish>;
