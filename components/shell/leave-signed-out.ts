import { signInPath } from "@/lib/auth/next-path.ts";
import { enrolmentPath } from "@/lib/auth/second-factor.ts";

/**
 * Goes to the sign-in page, and from there back here, when the session has ended, or to where a second factor is set
 * up when that comes first: what somebody may no longer read does not stay on the screen. Asked when the server ends
 * or refuses a stream.
 */
export async function leaveWhenSignedOut(): Promise<void> {
  // Without an answer nothing is known: the stream is tried again, and so is this.
  const answer = await fetch("/api/v1/me", { cache: "no-store" }).catch(() => undefined);
  const here = `${window.location.pathname}${window.location.search}`;
  // Everybody may ask who they are, but for who must set up a second factor first.
  if (answer?.status === 403)
    window.location.assign(`${enrolmentPath}?${new URLSearchParams({ next: here })}`);
  if (answer?.status === 401) window.location.assign(signInPath(here));
}
