"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useRef, useState } from "react";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { useFault } from "@/components/sources/use-fault.ts";
import { Button } from "@/components/ui/button.tsx";
import { FormFault } from "@/components/ui/form-fault.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import {
  findings,
  type ProviderItem,
  type ProviderSettings,
  type ProviderTest,
  providedRoles,
  providerKinds,
  signingAlgorithms,
} from "@/lib/sso/provider.ts";
import { GroupFields } from "./group-fields.tsx";
import { requestChange, requestProvider, requestTest } from "./provider-api.ts";
import { AccountFields, ConnectionFields } from "./setting-fields.tsx";
import { TestResult } from "./test-result.tsx";

type FormProps = {
  /** Of a provider that is not there yet, the id that it will have. */
  id: string;
  provider?: ProviderItem;
  groups: readonly { id: string; name: string }[];
};

/** All that is set of a provider. */
export function ProviderForm({ id, provider, groups }: FormProps) {
  const router = useRouter();
  const notify = useNotify();
  const form = useRef<HTMLFormElement>(null);
  const fault = useFault();
  const [busy, setBusy] = useState<"saving" | "testing">();
  const [tested, setTested] = useState<ProviderTest>();
  const [asked, setAsked] = useState<ProviderSettings & { clientSecret?: string }>();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const settings = settingsIn(fields);
    const clientSecret = String(fields.get("clientSecret"));
    if (provider) {
      setAsked({ ...settings, ...(clientSecret !== "" && { clientSecret }) });
      return;
    }
    setBusy("saving");
    try {
      const made = await requestProvider({ id, ...settings, clientSecret });
      notify(`Added ${made.name}`);
      router.push(`/settings/identity-providers/${made.id}`);
    } catch (error) {
      fault.refuse(error);
      setBusy(undefined);
    }
  }

  async function test() {
    if (!form.current) return;
    const { issuer, signingAlgorithm, groupsClaim } = settingsIn(new FormData(form.current));
    setBusy("testing");
    try {
      setTested(await requestTest({ issuer, signingAlgorithm, groupsClaim }));
    } catch (error) {
      fault.refuse(error);
    }
    setBusy(undefined);
  }

  const { faultOf } = fault;
  return (
    <>
      <form ref={form} onSubmit={submit} className="flex max-w-3xl flex-col gap-8">
        <ConnectionFields settings={provider} faultOf={faultOf} />
        <AccountFields settings={provider} faultOf={faultOf} />
        <GroupFields settings={provider} groups={groups} faultOf={faultOf} />
        <div className="flex flex-col gap-3">
          <FormFault id={fault.id} text={fault.text} />
          <TestResult result={tested} />
          <div className="flex flex-wrap gap-2">
            <Button type="submit" look="primary" disabled={busy !== undefined}>
              {provider ? "Save …" : busy === "saving" ? "Adding …" : "Add provider"}
            </Button>
            <Button disabled={busy !== undefined} onClick={test}>
              {busy === "testing" ? "Testing …" : "Test the issuer"}
            </Button>
          </div>
        </div>
      </form>
      {provider && (
        <ConfirmChange
          open={asked !== undefined}
          onClose={() => setAsked(undefined)}
          title={`Change “${provider.name}”?`}
          action="Save"
          working="Saving …"
          look="primary"
          reasonNeeded
          onConfirm={async (reason) => {
            if (!asked) return;
            await requestChange(id, asked, reason);
            notify(`Changed ${asked.name}`);
            router.refresh();
          }}
        >
          <p>
            Sessions that people have go on. Whoever signs in from now on does so under the new settings
            {asked && asked.issuer !== provider.issuer && "; people of another issuer are linked anew"}.
          </p>
        </ConfirmChange>
      )}
    </>
  );
}

function settingsIn(fields: FormData): ProviderSettings {
  const text = (name: string) => String(fields.get(name) ?? "").trim();
  const checked = (name: string) => fields.get(name) !== null;
  const values = fields.getAll("groupValue").map((value) => String(value).trim());
  const groupIds = fields.getAll("groupId").map(String);
  return {
    name: text("name"),
    kind: oneOf(providerKinds, text("kind")),
    issuer: text("issuer"),
    clientId: text("clientId"),
    signingAlgorithm: oneOf(signingAlgorithms, text("signingAlgorithm")),
    findsBy: oneOf(findings, text("findsBy")),
    trustsEmails: checked("trustsEmails"),
    createsAccounts: checked("createsAccounts"),
    accountRole: oneOf(providedRoles, text("accountRole")),
    highestRole: oneOf(providedRoles, text("highestRole")),
    givesGlobalScope: checked("givesGlobalScope"),
    groupsClaim: text("groupsClaim") || null,
    groups: values.map((value, place) => ({ value, groupId: groupIds[place] ?? "" })),
    signsOut: checked("signsOut"),
    enabled: checked("enabled"),
  };
}

/** What a list of choices gives. */
function oneOf<T extends string>(choices: readonly T[], given: string): T {
  const chosen = choices.find((choice) => choice === given);
  if (chosen === undefined) throw new Error(`${given} is none of the choices`);
  return chosen;
}
