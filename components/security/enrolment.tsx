"use client";

import { useState } from "react";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { enrolmentMinutes, type NewSecret } from "@/lib/auth/second-factor.ts";
import { ProofForm } from "./proof-form.tsx";
import { QrCode } from "./qr-code.tsx";
import { RecoveryCodes } from "./recovery-codes.tsx";
import { requestConfirmation, requestSecret } from "./security-api.ts";

type EnrolmentProps = { email: string; done: string; onDone: () => void; onCancel?: () => void };

/** The way to a second factor: the password, the secret with a first code, the recovery codes. */
export function Enrolment({ email, done, onDone, onCancel }: EnrolmentProps) {
  const [secret, setSecret] = useState<NewSecret>();
  const [codes, setCodes] = useState<string[]>();
  const cancel = onCancel === undefined ? {} : { onCancel };

  if (codes) return <RecoveryCodes codes={codes} email={email} done={done} onDone={onDone} />;
  if (!secret) {
    return (
      <ProofForm
        asked="password"
        label="Your password"
        hint="once more, so that nobody else does this"
        action="Go on"
        working="Looking …"
        onProof={async (password) => setSecret(await requestSecret({ password }))}
        {...cancel}
      />
    );
  }
  return (
    <div className="flex flex-wrap gap-6">
      <QrCode text={secret.uri} label="QR code with the secret for your app" />
      <div className="flex min-w-0 flex-1 basis-72 flex-col gap-4">
        <p className="text-ink-2">
          Read the code with an authenticator app, within {enrolmentMinutes} minutes. Without a camera, type
          this secret: codes by time, 6 digits.
        </p>
        <div className="flex items-center gap-1">
          <code data-secret className="font-mono wrap-anywhere select-all">
            {secret.secret.match(/.{1,4}/g)?.join(" ")}
          </code>
          <CopyButton text={secret.secret} label="Copy the secret" size="md" />
        </div>
        <ProofForm
          asked="code"
          label="Code from the app"
          action="Turn on"
          working="Looking …"
          onProof={async (code) => setCodes(await requestConfirmation(code))}
          {...cancel}
        />
      </div>
    </div>
  );
}
