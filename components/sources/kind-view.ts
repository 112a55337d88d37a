import type { IngestKind } from "@/lib/ingest/define.ts";

type Setting = NonNullable<IngestKind["settings"]>[number];

/** What pages show of a kind of source: its plain values. Functions cannot go to the browser. */
export type KindView = Pick<IngestKind, "name" | "title" | "description" | "instructions"> & {
  settings: readonly Omit<Setting, "fault">[];
};

export function viewOfKind({ name, title, description, instructions, settings = [] }: IngestKind): KindView {
  const plain = settings.map(({ fault: _, ...values }) => values);
  return { name, title, description, instructions, settings: plain };
}

/** The log in which the first record of a source shows best. */
const firstLogs: { [kind: string]: string } = {
  sshd: "/logs/connections",
  "kubernetes-audit": "/logs/kubernetes-commands",
};

export function firstLog(kind: string): string {
  return firstLogs[kind] ?? "/logs/commands";
}
