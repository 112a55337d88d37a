"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { Breadcrumb } from "@/components/ui/breadcrumb.tsx";
import { Button } from "@/components/ui/button.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { ProviderItem } from "@/lib/sso/provider.ts";
import { requestRemoval } from "./provider-api.ts";
import { ProviderForm } from "./provider-form.tsx";
import { Address, Provisioning } from "./provisioning.tsx";

type ViewProps = {
  /** Of a provider that is not there yet, the id that it will have. */
  id: string;
  provider?: ProviderItem;
  groups: readonly { id: string; name: string }[];
  /** Of this installation, as people open it. */
  origin: string;
};

/** The page of a provider, and that of a new one. */
export function ProviderView({ id, provider, groups, origin }: ViewProps) {
  return (
    <SettingsPage
      title={provider ? <VisibleText text={provider.name} /> : "Add an identity provider"}
      above={<Breadcrumb href="/settings/identity-providers">Identity providers</Breadcrumb>}
      about="Register Daybook at the provider as a web application with a client secret (authorization code flow), under this address:"
    >
      <div className="flex max-w-3xl flex-col gap-3">
        <Address label="Redirect address" address={`${origin}/api/auth/callback/${id}`} />
        {provider?.signsOut && <Address label="Address after signing out" address={`${origin}/sign-in`} />}
      </div>
      {provider ? (
        <>
          {/* A changed provider is a new form: its fields show what is set now. */}
          <ProviderForm key={settingsKey(provider)} id={id} provider={provider} groups={groups} />
          <Provisioning provider={provider} origin={origin} />
          <Removal provider={provider} />
        </>
      ) : (
        <ProviderForm id={id} groups={groups} />
      )}
    </SettingsPage>
  );
}

function settingsKey({ scim: _, accounts: __, ...settings }: ProviderItem): string {
  return JSON.stringify(settings);
}

function Removal({ provider: { id, name, accounts } }: { provider: ProviderItem }) {
  const router = useRouter();
  const notify = useNotify();
  const [asked, setAsked] = useState(false);
  return (
    <div>
      <Button look="danger" onClick={() => setAsked(true)}>
        Remove provider …
      </Button>
      <ConfirmChange
        open={asked}
        onClose={() => setAsked(false)}
        title={`Remove “${name}”?`}
        action="Remove provider"
        working="Removing …"
        look="danger"
        reasonNeeded
        onConfirm={async (reason) => {
          await requestRemoval(id, reason);
          notify(`Removed ${name}`);
          router.push("/settings/identity-providers");
        }}
      >
        <p>
          Nobody signs in with it any more, and its token is refused. The {accounts} linked{" "}
          {accounts === 1 ? "account stays" : "accounts stay"}, without their links; those without a password
          need one.
        </p>
      </ConfirmChange>
    </div>
  );
}
