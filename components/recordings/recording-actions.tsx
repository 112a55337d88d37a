"use client";

import { Download, Eye, Play, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { callApi } from "@/components/logs/log-api.ts";
import { connectionPath } from "@/components/shell/pages.ts";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { Button, buttonClass } from "@/components/ui/button.tsx";
import { Menu } from "@/components/ui/menu.tsx";
import { TimeText } from "@/components/ui/time-text.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { isRequestKind } from "@/lib/logs/session-view.ts";
import type { RecordingLine } from "@/lib/recordings/recording-line.ts";

type ActionsProps = { line: RecordingLine; mayDelete: boolean; inRow?: boolean };

const itemClass =
  "flex w-full items-center rounded-md px-2 py-1.5 text-left text-sm hover:bg-hover focus:bg-hover focus-visible:outline-offset-[-2px]";

/** Play, download and delete, as icons. What cannot be played can still be had as it came. */
export function RecordingActions({ line, mayDelete, inRow = false }: ActionsProps) {
  const { id, user, target, state, connectionId } = line;
  const [deleting, setDeleting] = useState(false);
  const size = inRow ? "sm" : "md";
  if (state === "deleted") return null;
  const live = state === "live";
  const name = `the session of ${user} on ${target}`;
  return (
    <span className="inline-flex justify-end">
      {inRow && (
        // No Link: the player's page has a policy of its own, which comes with a full load.
        <a
          href={connectionPath(connectionId, undefined, id)}
          aria-label={`${live ? "Watch" : "Play"} ${name}`}
          title={live ? "Watch live" : "Play"}
          className={buttonClass("quiet", size, true)}
        >
          {live ? <Eye aria-hidden className="size-4" /> : <Play aria-hidden className="size-4" />}
        </a>
      )}
      {state !== "live" && (
        <Menu
          trigger={<Download aria-hidden className="size-4" />}
          label={`Download ${name}`}
          menuLabel="Download"
          look="quiet"
          size={size}
          square
          align="end"
        >
          {state === "ready" && !isRequestKind(line.kind) && (
            <DownloadItem href={`/api/v1/recordings/${id}/cast`}>asciicast, for any player</DownloadItem>
          )}
          {(state === "ready" || state === "logged") && (
            <DownloadItem href={`/api/v1/recordings/${id}/text`}>Text with times</DownloadItem>
          )}
          {isRequestKind(line.kind) &&
            (["csv", "ndjson"] as const).map((format) => (
              <DownloadItem
                key={format}
                href={`/api/v1/logs/session-requests/export?${new URLSearchParams({ format, connection: connectionId })}`}
              >
                {format === "csv" ? "Table (CSV)" : "Table (NDJSON)"}
              </DownloadItem>
            ))}
          {state !== "logged" && (
            <DownloadItem href={`/api/v1/recordings/${id}/original`}>As it was received</DownloadItem>
          )}
        </Menu>
      )}
      {mayDelete && state !== "live" && state !== "logged" && (
        <>
          <Button
            look="quiet"
            size={size}
            square
            aria-label={`Delete ${name}`}
            title="Delete"
            onClick={() => setDeleting(true)}
          >
            <Trash2 aria-hidden className="size-4" />
          </Button>
          <DeleteRecording line={line} open={deleting} onClose={() => setDeleting(false)} />
        </>
      )}
    </span>
  );
}

function DownloadItem({ href, children }: { href: string; children: string }) {
  return (
    <a role="menuitem" tabIndex={-1} href={href} download className={itemClass}>
      {children}
    </a>
  );
}

type DeleteProps = { line: RecordingLine; open: boolean; onClose: () => void };

function DeleteRecording({ line, open, onClose }: DeleteProps) {
  const router = useRouter();
  const notify = useNotify();
  return (
    <ConfirmChange
      open={open}
      onClose={onClose}
      title="Delete this recording?"
      action="Delete recording"
      working="Deleting …"
      look="danger"
      reasonNeeded
      onConfirm={async (reason) => {
        await callApi(`/recordings/${line.id}?${new URLSearchParams({ reason })}`, { method: "DELETE" });
        notify("Deleted the recording");
        router.refresh();
      }}
    >
      <p className="text-left whitespace-normal">
        Nobody can see any more what <VisibleText text={line.user} /> did on{" "}
        <VisibleText text={line.target} /> from <TimeText time={line.startedAt} withZone /> on. On record stay
        its commands, that it was there, its size and SHA-256, who deleted it and why.
      </p>
    </ConfirmChange>
  );
}
