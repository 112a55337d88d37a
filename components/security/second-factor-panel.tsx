"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Moment } from "@/components/sources/moment.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import type { SecondFactorState } from "@/lib/auth/second-factor.ts";
import { Enrolment } from "./enrolment.tsx";
import { ProofForm } from "./proof-form.tsx";
import { RecoveryCodes } from "./recovery-codes.tsx";
import { requestRecoveryCodes, requestRemoval } from "./security-api.ts";

type PanelProps = { state: SecondFactorState; email: string };

/** Whether one signs in with a code too, and the way to and from it. */
export function SecondFactorPanel({ state, email }: PanelProps) {
  const router = useRouter();
  const notify = useNotify();
  const [doing, setDoing] = useState<"enrolling" | "renewing" | "removing">();
  const [codes, setCodes] = useState<string[]>();
  const stop = () => setDoing(undefined);

  function finish(text: string) {
    setCodes(undefined);
    stop();
    notify(text);
    router.refresh();
  }

  return (
    <section aria-labelledby="factor-title" className="flex flex-col gap-3">
      <h2 id="factor-title" className="font-semibold">
        Second factor
      </h2>
      {/* What the server knew when it rendered the page is not true any more once codes are shown. */}
      {!codes && doing !== "enrolling" && <StateLine {...state} />}
      {codes && (
        <RecoveryCodes
          codes={codes}
          email={email}
          done="I have kept them"
          onDone={() => finish("The recovery codes from before count no more")}
        />
      )}
      {doing === "enrolling" && (
        <Enrolment
          email={email}
          done="I have kept them"
          onDone={() => finish("Your second factor is on")}
          onCancel={stop}
        />
      )}
      {!codes && doing !== "enrolling" && (
        <div className="flex flex-wrap gap-2">
          {state.enabledAt === null && state.hasPassword && (
            <Button look="primary" onClick={() => setDoing("enrolling")}>
              Set up
            </Button>
          )}
          {state.enabledAt !== null && (
            <>
              <Button onClick={() => setDoing("renewing")}>New recovery codes …</Button>
              <Button look="danger" onClick={() => setDoing("removing")}>
                Remove …
              </Button>
            </>
          )}
        </div>
      )}
      <Dialog open={doing === "renewing"} onClose={stop} title="New recovery codes?">
        <div className="p-4">
          <ProofForm
            asked="code"
            label="A code from your app"
            action="Make new codes"
            working="Making them …"
            onProof={async (code) => {
              setCodes(await requestRecoveryCodes({ code }));
              stop();
            }}
            onCancel={stop}
          >
            <p>The ten that you have count no more from then on, used or not.</p>
          </ProofForm>
        </div>
      </Dialog>
      <Dialog open={doing === "removing"} onClose={stop} title="Remove your second factor?">
        <div className="p-4">
          <ProofForm
            asked="code"
            label="A code from your app, or a recovery code"
            action="Remove"
            working="Removing …"
            look="danger"
            onProof={async (code) => {
              await requestRemoval(code);
              finish("Your second factor is removed");
            }}
            onCancel={stop}
          >
            <p>
              {state.required
                ? "Your organization asks for one: nothing else will be open to you before you have set up another."
                : "Who knows your password can sign in from then on. The recovery codes go too."}
            </p>
          </ProofForm>
        </div>
      </Dialog>
    </section>
  );
}

function StateLine({ enabledAt, recoveryCodesLeft, required, hasPassword }: SecondFactorState) {
  if (!hasPassword)
    return (
      <p className="max-w-xl text-ink-2">
        You sign in by your organization’s identity provider, which looks after the second factor.
      </p>
    );
  if (enabledAt === null) {
    return (
      <div className="max-w-xl text-ink-2">
        <Badge tone="warning">off</Badge>
        <p>
          With one, a password alone does not sign in: it takes a code that an app on your phone shows.
          {required && " Your organization asks for it."}
        </p>
      </div>
    );
  }
  const few = recoveryCodesLeft < 3;
  return (
    <p className="max-w-xl text-ink-2">
      <Badge tone="good">on</Badge> since <Moment time={enabledAt} otherwise="" withZone />
      {required && ", as your organization asks"}.{" "}
      <span className={few ? "text-warning" : ""}>
        {recoveryCodesLeft === 0
          ? "No recovery code is left"
          : `${recoveryCodesLeft} of 10 recovery codes are left`}
        {few && ": make new ones while you have the phone"}.
      </span>
    </p>
  );
}
