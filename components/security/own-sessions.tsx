"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { Moment } from "@/components/sources/moment.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { ZoneName } from "@/components/ui/time-text.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { browserName } from "@/lib/auth/browser-name.ts";
import type { OwnSession } from "@/lib/auth/second-factor.ts";
import { requestOthersEnd, requestSessionEnd } from "./security-api.ts";

/** Where one is signed in, and the way to sign out there. */
export function OwnSessions({ sessions }: { sessions: readonly OwnSession[] }) {
  const router = useRouter();
  const notify = useNotify();
  const [ending, setEnding] = useState<OwnSession | "others">();
  const others = sessions.filter(({ current }) => !current).length;

  async function end() {
    if (ending === "others") {
      const ended = await requestOthersEnd();
      notify(ended === 1 ? "Signed out in one other place" : `Signed out in ${ended} other places`);
    } else if (ending) {
      await requestSessionEnd(ending.id);
      notify(`Signed out ${nameOf(ending)}`);
    }
    router.refresh();
  }

  return (
    <section aria-labelledby="sessions-title" className="flex flex-col gap-3">
      <header className="flex flex-wrap items-end justify-between gap-3">
        <div>
          <h2 id="sessions-title" className="font-semibold">
            Where you are signed in
          </h2>
          <p className="text-ink-2">
            Times are in <ZoneName />, the last use to the minute. Is there one that is not yours? Sign it out
            and get a new password.
          </p>
        </div>
        {others > 0 && <Button onClick={() => setEnding("others")}>Sign out everywhere else …</Button>}
      </header>
      <ul className="border-t border-line">
        {sessions.map((session) => (
          <SessionLine key={session.id} session={session} onEnd={() => setEnding(session)} />
        ))}
      </ul>
      <ConfirmChange
        open={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={ending === "others" ? "Sign out everywhere else?" : "Sign out there?"}
        action="Sign out"
        working="Signing out …"
        look="danger"
        reasonNeeded={false}
        onConfirm={end}
      >
        <p>
          {ending === "others"
            ? "Every session of yours but this one ends, and what is open in it within a second."
            : ending && `The session of ${nameOf(ending)} ends, and what is open in it within a second.`}
        </p>
      </ConfirmChange>
    </section>
  );
}

function SessionLine({ session, onEnd }: { session: OwnSession; onEnd: () => void }) {
  const { address, userAgent, createdAt, lastSeenAt, current } = session;
  return (
    <li className="flex items-center gap-3 border-b border-line px-2 py-2">
      <div className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-4 gap-y-0.5">
        <span className="font-medium wrap-anywhere" title={userAgent ?? ""}>
          <VisibleText text={userAgent === null ? "Unknown browser" : browserName(userAgent)} />
        </span>
        <span className="font-mono text-xs text-ink-2">{address ?? "unknown address"}</span>
        <span className="text-xs text-ink-2">
          last used <Moment time={lastSeenAt} otherwise="" />
        </span>
        <span className="text-xs text-ink-2">
          signed in <Moment time={createdAt} otherwise="" />
        </span>
      </div>
      {current ? (
        <Badge tone="live">this one</Badge>
      ) : (
        <Button size="sm" look="danger" aria-label={`Sign out ${nameOf(session)}`} onClick={onEnd}>
          Sign out
        </Button>
      )}
    </li>
  );
}

function nameOf({ userAgent, address }: OwnSession): string {
  const browser = userAgent === null ? "an unknown browser" : browserName(userAgent);
  return address === null ? browser : `${browser} at ${address}`;
}
