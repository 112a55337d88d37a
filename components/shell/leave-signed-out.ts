import { signInPath } from "@/lib/auth/next-path.ts";

/**
 * Goes to the sign-in page, and from there back here, when the session has ended: what somebody may no longer
 * read does not stay on the screen. Asked when the server ends or refuses a stream.
 */
export async function leaveWhenSignedOut(): Promise<void> {
  // Without an answer nothing is known: the stream is tried again, and so is this.
  const answer = await fetch("/api/v1/me", { cache: "no-store" }).catch(() => undefined);
  if (answer?.status !== 401) return;
  window.location.assign(signInPath(`${window.location.pathname}${window.location.search}`));
}
