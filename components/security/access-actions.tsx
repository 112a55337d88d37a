"use client";

import { useState } from "react";
import { callApi } from "@/components/logs/log-api.ts";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useNotify } from "@/components/ui/toast.tsx";

const actions = [
  {
    path: "sessions",
    button: "End sessions",
    title: (email: string) => `End every session of ${email}?`,
    text: "What is open in them ends within a second. The account stays: who knows its password signs in again.",
    working: "Ending them …",
    done: (email: string) => `Ended the sessions of ${email}`,
  },
  {
    path: "second-factor",
    button: "Reset second factor",
    title: (email: string) => `Reset the second factor of ${email}?`,
    text: "For who lost the phone and the recovery codes: make sure that it is them who asks. The sessions end; from then on the password alone signs in, until a new second factor is set up.",
    working: "Resetting …",
    done: (email: string) => `Reset the second factor of ${email}`,
  },
  {
    path: "lock",
    button: "Unlock",
    title: (email: string) => `Unlock ${email}?`,
    text: "The account was locked after too many wrong passwords or codes, and opens by itself. Were the guesses not theirs, leave it locked.",
    working: "Unlocking …",
    done: (email: string) => `Unlocked ${email}`,
  },
] as const;

type ActionsProps = {
  id: string;
  email: string;
  /** Whether there is a lock to end. */
  locked: boolean;
  onUnlocked: () => void;
};

/** What an admin does for somebody who lost the phone, the laptop or the patience. Each with a reason. */
export function AccessActions({ id, email, locked, onUnlocked }: ActionsProps) {
  const notify = useNotify();
  const [asking, setAsking] = useState<(typeof actions)[number]["path"]>();
  return (
    <div className="flex flex-wrap gap-2">
      {actions.map(({ path, button, title, text, working, done }) => (
        <div key={path}>
          {(path !== "lock" || locked) && <Button onClick={() => setAsking(path)}>{button} …</Button>}
          <ConfirmChange
            open={asking === path}
            onClose={() => setAsking(undefined)}
            title={title(email)}
            action={button}
            working={working}
            look="danger"
            reasonNeeded
            onConfirm={async (reason) => {
              await callApi(`/users/${id}/${path}?${new URLSearchParams({ reason })}`, { method: "DELETE" });
              notify(done(email));
              if (path === "lock") onUnlocked();
            }}
          >
            <p>{text}</p>
          </ConfirmChange>
        </div>
      ))}
    </div>
  );
}
