"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import type { KindView } from "@/components/sources/kind-view.ts";
import { Breadcrumb } from "@/components/ui/breadcrumb.tsx";
import { Button } from "@/components/ui/button.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import type { DeploymentTokenLine } from "@/lib/deployment-tokens/deployment-token.ts";
import { CreateDeploymentToken } from "./create-deployment-token.tsx";
import { requestDeletion } from "./deployment-token-api.ts";
import { DeploymentTokenList } from "./deployment-token-list.tsx";
import { type Fresh, FreshDeploymentToken } from "./fresh-deployment-token.tsx";

type PanelProps = {
  tokens: readonly DeploymentTokenLine[];
  kinds: readonly KindView[];
  /** The address that hosts use. */
  origin: string;
};

/** Tokens by which hosts become sources by themselves. */
export function DeploymentTokens({ tokens, kinds, origin }: PanelProps) {
  const router = useRouter();
  const notify = useNotify();
  const [creating, setCreating] = useState(false);
  const [fresh, setFresh] = useState<Fresh>();
  const [deleting, setDeleting] = useState<DeploymentTokenLine>();
  return (
    <SettingsPage
      title="Deployment tokens"
      above={<Breadcrumb href="/settings/sources">Sources</Breadcrumb>}
      about={
        <>
          A host that holds one pairs with a single command: it becomes a source of the token’s kind, under
          the host’s name, and gets a token of its own to send records with.
        </>
      }
      action={
        <Button look="primary" onClick={() => setCreating(true)}>
          <Plus aria-hidden className="size-4" />
          Create token
        </Button>
      }
    >
      {fresh && (
        <FreshDeploymentToken
          key={fresh.token}
          fresh={fresh}
          origin={origin}
          onDone={() => {
            setFresh(undefined);
            router.refresh();
          }}
        />
      )}
      <DeploymentTokenList
        tokens={tokens}
        kindTitles={Object.fromEntries(kinds.map(({ name, title }) => [name, title]))}
        onDelete={setDeleting}
      />
      <CreateDeploymentToken
        open={creating}
        kinds={kinds}
        onClose={() => setCreating(false)}
        onCreated={(made) => {
          setCreating(false);
          setFresh(made);
          router.refresh();
        }}
      />
      <ConfirmChange
        open={deleting !== undefined}
        onClose={() => setDeleting(undefined)}
        title={`Delete “${deleting?.name}”?`}
        action="Delete token"
        working="Deleting …"
        look="danger"
        reasonNeeded
        onConfirm={async (reason) => {
          if (!deleting) return;
          await requestDeletion(deleting.id, reason);
          notify(`Deleted ${deleting.name}`);
          router.refresh();
        }}
      >
        No host pairs with <code className="font-mono">{deleting?.prefix}…</code> any more. Sources that hosts
        became by it stay and go on sending. This cannot be undone.
      </ConfirmChange>
    </SettingsPage>
  );
}
