"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { searchString } from "@/components/logs/conditions.ts";
import type { ChangeQuery } from "@/components/logs/use-log-query.ts";
import { formatQuery, type ParsedQuery, parseQuery } from "@/lib/logs/query.ts";
import { auditLog } from "@/lib/logs/views/audit-log.ts";
import { type AuditPlace, readPlace, writePlace } from "./audit-place.ts";

/** The audit log's address: the query of the log, and the page's own place beside it. */
export function useAuditQuery() {
  const path = usePathname();
  const text = useSearchParams().toString();
  const { place, parsed, rest } = useMemo(() => {
    const read = readPlace(new URLSearchParams(text));
    const asked = parseQuery(auditLog, read.rest);
    const parsed: ParsedQuery =
      read.errors.length > 0 ? { errors: [...read.errors, ...(asked.errors ?? [])] } : asked;
    return { ...read, parsed };
  }, [text]);
  const show = useCallback(
    (params: URLSearchParams, mode: "push" | "replace") => {
      const url = `${path}${searchString(params)}`;
      if (mode === "push") window.history.pushState(null, "", url);
      else window.history.replaceState(null, "", url);
    },
    [path],
  );
  const change = useCallback<ChangeQuery>(
    (query, mode = "push") => {
      // One drawer at a time: that of a row takes the place of the timeline.
      const timeline = query.row === undefined ? place.timeline : undefined;
      show(writePlace(formatQuery(query), { ...place, timeline }), mode);
    },
    [show, place],
  );
  const go = useCallback(
    (next: Partial<AuditPlace>, mode: "push" | "replace" = "push") => {
      const params = new URLSearchParams(rest);
      if (next.timeline !== undefined || next.grouped !== undefined) params.delete("row");
      show(writePlace(params, { ...place, ...next }), mode);
    },
    [show, rest, place],
  );
  return { parsed, place, change, go };
}
