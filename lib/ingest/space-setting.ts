import type { IngestKind } from "./define.ts";
import type { RowDraft } from "./rows.ts";

/** What sources of every kind may be told: few systems know of spaces, and their records name none. */
export const spaceSetting: NonNullable<IngestKind["settings"]>[number] = {
  name: "space",
  title: "Space",
  description: "The space of commands and connections whose record names none.",
};

/** The row with the source's space, where it can have one and has none of its own. */
export function inSpace(row: RowDraft, space: string | undefined): RowDraft {
  if (space === undefined || space === "") return row;
  if (row.log === "commands" && row.row.space === undefined) return { ...row, row: { ...row.row, space } };
  if (row.log === "connection-events" && row.row.space === undefined) {
    return { ...row, row: { ...row.row, space } };
  }
  return row;
}
