"use client";

import { useEffect, useRef } from "react";
import { Moment } from "@/components/sources/moment.tsx";
import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { cx } from "@/components/ui/cx.ts";
import type { Invitation } from "@/lib/users/user.ts";

type NoticeProps = { invitation: Invitation; email: string; onDone: () => void };

/** What became of an invitation. Where no mail is sent, it is the one sight of the link. */
export function InvitationNotice({ invitation, email, onDone }: NoticeProps) {
  const { mail, reason, link, expiresAt } = invitation;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // A dialog that closes at the same time gives the focus back first.
    const frame = requestAnimationFrame(() => heading.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <div
      className={cx(
        "flex flex-col gap-2 rounded-md border px-4 py-3",
        mail === "failed" ? "border-failure bg-failure-soft" : "border-line-strong/50 bg-sunken",
      )}
    >
      <h2 ref={heading} tabIndex={-1} className="font-semibold wrap-anywhere outline-none">
        {mail === "sent" && `The invitation was sent to ${email}`}
        {mail === "failed" && `The email to ${email} was not sent: ${reason}`}
        {mail === "not set up" && `Hand this link over to ${email}`}
      </h2>
      {mail === "failed" && (
        <p>
          The account is there and waits. When email works again, open the account and send the link again.
        </p>
      )}
      {link !== undefined && (
        <>
          <p className="text-ink-2">
            Email is not set up (SMTP_URL), so nothing was sent. Whoever opens the link chooses the password:
            give it to this person only. It is shown this once.
          </p>
          <div className="flex items-center gap-1">
            <code className="min-w-0 flex-1 rounded-md border border-line bg-canvas px-2 py-1.5 font-mono wrap-anywhere select-all">
              {link}
            </code>
            <CopyButton text={link} label="Copy the link" size="md" />
          </div>
        </>
      )}
      {mail !== "failed" && (
        <p className="text-ink-2">
          The link can be used once, until <Moment time={expiresAt} otherwise="" withZone />.
        </p>
      )}
      <div>
        <Button onClick={onDone}>{link === undefined ? "Close" : "I have kept it"}</Button>
      </div>
    </div>
  );
}
