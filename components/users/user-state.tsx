import { Moment } from "@/components/sources/moment.tsx";
import { Badge, type Tone } from "@/components/ui/badge.tsx";
import type { Lock, UserLine, UserStatus } from "@/lib/users/user.ts";

const tones: { readonly [S in UserStatus]: Tone } = {
  invited: "faint",
  active: "good",
  disabled: "denied",
};

/** In which state an account is. An invitation whose link ran out says so. */
export function UserState({ user: { status, invitedUntil } }: { user: UserLine }) {
  const expired = status === "invited" && invitedUntil === null;
  return <Badge tone={expired ? "warning" : tones[status]}>{expired ? "link expired" : status}</Badge>;
}

/** That nobody can sign in to an account now, and until when. */
export function LockState({ lock }: { lock: Lock | null }) {
  if (lock === null) return null;
  return (
    <div>
      <Badge tone="failure">locked</Badge>
      <div className="text-xs text-ink-2">
        until <Moment time={lock.until} otherwise="" />
      </div>
    </div>
  );
}
