import { TimeText } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { Kill, KillState } from "@/lib/kills/kill.ts";
import { AwaitKill } from "./await-kill.tsx";

const says: { [state in KillState]: string } = {
  requested: "The host has not been told yet; it is told as soon as it listens.",
  acknowledged: "The host was told, and has not said that it is over.",
  ended: "It is over.",
  undelivered: "The session was over before its host could be told.",
  failed: "The host could not end it.",
};

/** The last request for the end of a connection, while it says more than the connection's cause does. */
export function KillNotice({ kill }: { kill: Kill | undefined }) {
  if (!kill || kill.state === "ended") return null;
  const { state, requestedBy, requestedAt, reason, detail } = kill;
  return (
    <div role="status" className="rounded-md border border-line bg-hover px-3 py-2">
      {(state === "requested" || state === "acknowledged") && <AwaitKill />}
      <p className="wrap-anywhere">
        <VisibleText text={requestedBy} /> asked for the end of this session at{" "}
        <TimeText time={requestedAt} withZone />: <VisibleText text={reason} />
      </p>
      <p className="text-ink-2 wrap-anywhere">
        {says[state]}
        {state === "failed" && detail !== null && (
          <>
            {" "}
            <VisibleText text={detail} />
          </>
        )}
      </p>
    </div>
  );
}
