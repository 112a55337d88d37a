import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { TimeText } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { ShareLine } from "@/lib/shares/share.ts";

const tones = { open: "good", over: "faint", revoked: "denied" } as const;

type ListProps = { shares: readonly ShareLine[]; onRevoke?: (share: ShareLine) => void };

/** Shares of a session, the newest first; those that are over stay on the list. */
export function ShareList({ shares, onRevoke }: ListProps) {
  if (shares.length === 0) return <p className="text-ink-2">The session is shared with nobody.</p>;
  return (
    <ul className="border-t border-line">
      {shares.map((share) => (
        <li
          key={share.id}
          className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1 border-b border-line py-2"
        >
          <div className="min-w-0">
            <div className="flex flex-wrap items-center gap-x-3">
              <span className="font-medium wrap-anywhere">{share.user.email}</span>
              <Badge tone={tones[share.state]}>{share.state}</Badge>
              <span className="text-ink-2">until {share.until} (UTC)</span>
            </div>
            <p className="wrap-anywhere">
              <VisibleText text={share.reason} />
            </p>
            <p className="text-xs text-ink-2">
              shared <TimeText time={share.createdAt.replace(/\.\d+Z$/, "Z")} withZone /> by {share.createdBy}
              {share.revokedAt !== null && (
                <>
                  , taken back <TimeText time={share.revokedAt.replace(/\.\d+Z$/, "Z")} withZone /> by{" "}
                  {share.revokedBy}
                </>
              )}
            </p>
          </div>
          {onRevoke && share.state === "open" && (
            <Button
              size="sm"
              look="danger"
              aria-label={`Take back the share with ${share.user.email}`}
              onClick={() => onRevoke(share)}
            >
              Take back
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
