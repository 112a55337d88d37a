"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { Moment } from "@/components/sources/moment.tsx";
import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { ShownOnce } from "@/components/ui/shown-once.tsx";
import { ZoneName } from "@/components/ui/time-text.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import type { ProviderItem } from "@/lib/sso/provider.ts";
import { requestRevocation, requestToken } from "./provider-api.ts";

/** The address and the token by which a provider provisions. */
export function Provisioning({ provider, origin }: { provider: ProviderItem; origin: string }) {
  const router = useRouter();
  const notify = useNotify();
  const [token, setToken] = useState<string>();
  const [asked, setAsked] = useState<"create" | "revoke">();
  const { id, name, scim } = provider;
  return (
    <section aria-labelledby="provisioning-title" className="flex max-w-3xl flex-col gap-3">
      <h2 id="provisioning-title" className="font-semibold">
        Provisioning by SCIM 2.0
      </h2>
      <p className="text-ink-2">
        With a token the provider makes, changes, disables and deletes accounts and groups of this
        organization: those that it made, or that are linked to it.
      </p>
      <Address label="SCIM base URL" address={`${origin}/scim/v2`} />
      {token !== undefined && (
        <ShownOnce
          title={`The provisioning token of “${name}”`}
          hint="Copy it to the provider now"
          token={token}
          onDone={() => setToken(undefined)}
        />
      )}
      {scim && (
        <p className="text-ink-2">
          Token <code className="font-mono text-ink">{scim.prefix}…</code>, made{" "}
          <Moment time={scim.createdAt} otherwise="" /> <ZoneName />, used last{" "}
          <Moment time={scim.lastUsedAt} otherwise="not yet" />
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setAsked("create")}>{scim ? "Replace token …" : "Create token …"}</Button>
        {scim && (
          <Button look="danger" onClick={() => setAsked("revoke")}>
            Revoke token …
          </Button>
        )}
      </div>
      <ConfirmChange
        open={asked === "create"}
        onClose={() => setAsked(undefined)}
        title={scim ? `Replace the token of “${name}”?` : `Create a token for “${name}”?`}
        action={scim ? "Replace token" : "Create token"}
        working="Creating …"
        look="primary"
        reasonNeeded={false}
        onConfirm={async () => {
          setToken(await requestToken(id));
          router.refresh();
        }}
      >
        <p>
          {scim
            ? "The token that is there is refused from the next request on."
            : "Whoever has it can disable and delete the accounts that are linked to this provider."}
        </p>
      </ConfirmChange>
      <ConfirmChange
        open={asked === "revoke"}
        onClose={() => setAsked(undefined)}
        title={`Revoke the token of “${name}”?`}
        action="Revoke token"
        working="Revoking …"
        look="danger"
        reasonNeeded
        onConfirm={async (reason) => {
          await requestRevocation(id, reason);
          setToken(undefined);
          notify(`Revoked the token of ${name}`);
          router.refresh();
        }}
      >
        <p>The provider changes nothing any more from its next request on. Accounts and groups stay.</p>
      </ConfirmChange>
    </section>
  );
}

/** An address to copy. */
export function Address({ label, address }: { label: string; address: string }) {
  return (
    <div className="flex flex-col gap-1">
      <span className="text-xs font-medium text-ink-2">{label}</span>
      <div className="flex items-center gap-1">
        <code className="min-w-0 flex-1 rounded-md border border-line bg-sunken px-2 py-1.5 font-mono text-xs wrap-anywhere select-all">
          {address}
        </code>
        <CopyButton text={address} label={`Copy the ${label}`} size="md" />
      </div>
    </div>
  );
}
