/** What became of a quarantined record on this page. */
export type Outcome = { state: "working" | "replayed" | "dismissed" | "refused"; text: string };

/** Whether the record has left quarantine. */
export function isOver(outcome: Outcome | undefined): boolean {
  return outcome?.state === "replayed" || outcome?.state === "dismissed";
}
