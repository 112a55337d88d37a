import type { IngestKind } from "@/lib/ingest/define.ts";

/** What pages show of a kind of source: its plain values, without the mapping. */
export type KindView = Pick<IngestKind, "name" | "title" | "description" | "instructions"> & {
  settings: NonNullable<IngestKind["settings"]>;
};

export function viewOfKind({ name, title, description, instructions, settings = [] }: IngestKind): KindView {
  return { name, title, description, instructions, settings };
}

/** The log in which the first record of a source shows best. */
const firstLogs: { [kind: string]: string } = {
  sshd: "/logs/connections",
  "kubernetes-audit": "/logs/kubernetes-commands",
};

export function firstLog(kind: string): string {
  return firstLogs[kind] ?? "/logs/commands";
}
