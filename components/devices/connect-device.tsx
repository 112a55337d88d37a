"use client";

import Link from "next/link";
import { type FormEvent, useState } from "react";
import { callApi } from "@/components/logs/log-api.ts";
import { faultText } from "@/components/sources/source-api.ts";
import { Button } from "@/components/ui/button.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import type { ClaimState } from "@/lib/recordings/device.ts";

type ConnectProps = { installId: string; state: ClaimState; email: string };

/** Where `asciinema auth` leads: the reader says that the installation is theirs. */
export function ConnectDevice({ installId, state, email }: ConnectProps) {
  const [claimed, setClaimed] = useState<"claimed" | "mine">();
  const shown = claimed ?? state;
  return (
    <section
      aria-labelledby="connect-title"
      className="mx-auto flex w-full max-w-xl flex-col gap-4 px-4 py-10"
    >
      <h1 id="connect-title" className="text-lg font-semibold">
        Connect asciinema
      </h1>
      {shown === "free" && <ClaimForm installId={installId} email={email} onClaimed={setClaimed} />}
      {shown === "claimed" && (
        <div role="status" className="flex flex-col gap-2">
          <p className="font-medium">This installation is yours now.</p>
          <Next />
        </div>
      )}
      {shown === "mine" && (
        <div role="status" className="flex flex-col gap-2">
          <p className="font-medium">This installation is yours already.</p>
          <Next />
        </div>
      )}
      {shown === "taken" && (
        <div role="alert" className="flex flex-col gap-2">
          <p className="font-medium text-failure">
            This installation belongs to somebody else, or was revoked.
          </p>
          <p className="text-ink-2">
            Its uploads are not yours. To begin anew under your name, remove the file{" "}
            <code className="font-mono">~/.config/asciinema/install-id</code> (or{" "}
            <code className="font-mono">~/.local/state/asciinema/install-id</code>) on that machine, and run{" "}
            <code className="font-mono">asciinema auth</code> again.
          </p>
        </div>
      )}
    </section>
  );
}

function Next() {
  return (
    <p className="text-ink-2">
      What <code className="font-mono">asciinema upload</code> sends from that machine appears under your name
      in{" "}
      <Link href="/recordings" prefetch={false} className="text-accent underline">
        Session Recordings
      </Link>
      . Revoke it under{" "}
      <Link href="/settings/tokens" prefetch={false} className="text-accent underline">
        API tokens
      </Link>
      .
    </p>
  );
}

type FormProps = { installId: string; email: string; onClaimed: (state: "claimed" | "mine") => void };

function ClaimForm({ installId, email, onClaimed }: FormProps) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    setBusy(true);
    try {
      const { state } = await callApi<{ state: "claimed" | "mine" }>("/devices", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ installId, name }),
      });
      onClaimed(state);
    } catch (error) {
      setFault(faultText(error));
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p>
        An asciinema command line asks to upload recordings as <span className="font-medium">{email}</span>.
        Go on only if you have just run <code className="font-mono">asciinema auth</code> yourself and it
        printed this address.
      </p>
      <Field label="Name of the machine" hint="what its recordings say as target">
        <Input name="name" required maxLength={100} pattern=".*\S.*" placeholder="my laptop" data-autofocus />
      </Field>
      <div role="alert">{fault !== undefined && <p className="text-failure">{fault}</p>}</div>
      <div>
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? "Connecting …" : "This is my machine"}
        </Button>
      </div>
    </form>
  );
}
