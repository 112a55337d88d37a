import type { IngestKind } from "@/lib/ingest/define.ts";
import { httpAccess } from "@/lib/ingest/kinds/http-access.ts";
import { kubernetesAudit } from "@/lib/ingest/kinds/kubernetes-audit.ts";
import { native } from "@/lib/ingest/kinds/native.ts";
import { postgresJsonlog } from "@/lib/ingest/kinds/postgres-jsonlog.ts";
import { recordings } from "@/lib/ingest/kinds/recordings.ts";
import { sshd } from "@/lib/ingest/kinds/sshd.ts";
import { sudo } from "@/lib/ingest/kinds/sudo.ts";
import { recordedSetting } from "@/lib/ingest/recorded-setting.ts";
import { spaceSetting } from "@/lib/ingest/space-setting.ts";

/** Every kind of source that takes posts, in the order in which Settings lists them. */
export const ingestKinds: readonly IngestKind[] = [
  kubernetesAudit,
  sshd,
  sudo,
  postgresJsonlog,
  httpAccess,
  recordings,
  native,
].map((kind) => ({
  ...kind,
  settings: [...(kind.settings ?? []), spaceSetting, ...(kind === recordings ? [] : [recordedSetting])],
}));

const byName = new Map(ingestKinds.map((kind) => [kind.name, kind]));

export function isIngestKind(name: string): boolean {
  return byName.has(name);
}

/** @throws RangeError when there is no such kind: ask {@link isIngestKind} first */
export function ingestKind(name: string): IngestKind {
  const kind = byName.get(name);
  if (kind === undefined) throw new RangeError(`There is no kind of source called ${name}`);
  return kind;
}
