import { Badge, type Tone } from "@/components/ui/badge.tsx";
import type { UserLine, UserStatus } from "@/lib/users/user.ts";

const tones: { readonly [S in UserStatus]: Tone } = {
  invited: "warning",
  active: "good",
  disabled: "denied",
};

/** In which state an account is. An invitation whose link ran out says so. */
export function UserState({ user: { status, invitedUntil } }: { user: UserLine }) {
  const expired = status === "invited" && invitedUntil === null;
  return <Badge tone={tones[status]}>{expired ? "link expired" : status}</Badge>;
}
