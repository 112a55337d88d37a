"use client";

import { Route } from "lucide-react";
import type { Row } from "@/components/logs/log-api.ts";
import { Button } from "@/components/ui/button.tsx";
import { JsonText } from "./json-text.tsx";
import { StateDifference } from "./state-difference.tsx";

/** A value of the audit log as text; null where the row has none. */
export function textOf(row: Row, column: string): string | null {
  const value = row[column];
  return value === null || value === undefined || value === "" ? null : String(value);
}

/** What a row of the audit log captured: the states of its target, and its CustomValues. */
export function RowStates({ row, folded = false }: { row: Row; folded?: boolean }) {
  const custom = textOf(row, "customValues");
  return (
    <>
      <StateDifference
        original={textOf(row, "originalState")}
        updated={textOf(row, "updatedState")}
        folded={folded}
      />
      {custom !== null && (
        <JsonText title="CustomValues" text={custom} folded={folded} copyLabel="Copy CustomValues as JSON" />
      )}
    </>
  );
}

/** What the drawer of a row of the audit log has besides the fields. */
export function RowExtra({ row, onTimeline }: { row: Row; onTimeline: (workflowId: string) => void }) {
  const workflowId = textOf(row, "workflowId");
  return (
    <div className="flex flex-col gap-3 border-b border-line px-4 py-3">
      {workflowId !== null && (
        <div>
          <Button size="sm" onClick={() => onTimeline(workflowId)}>
            <Route aria-hidden className="size-3.5" />
            Show workflow
          </Button>
        </div>
      )}
      <RowStates row={row} folded />
    </div>
  );
}
