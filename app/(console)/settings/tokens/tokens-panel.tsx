"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import { ShownOnce } from "@/components/ui/shown-once.tsx";
import type { ApiTokenItem } from "@/lib/auth/api-token.ts";
import type { TokenScope } from "@/lib/auth/roles.ts";
import { CreateToken } from "./create-token.tsx";
import { RevokeToken } from "./revoke-token.tsx";
import { everything, isShown, TokenFilter } from "./token-filter.tsx";
import { TokenTable } from "./token-table.tsx";

type PanelProps = {
  tokens: ApiTokenItem[];
  /** What the reader's role may put into a token. */
  scopes: readonly TokenScope[];
  /** Whether the list holds other people's tokens too. */
  everybody: boolean;
};

export function TokensPanel({ tokens, scopes, everybody }: PanelProps) {
  const router = useRouter();
  const [creating, setCreating] = useState(false);
  const [created, setCreated] = useState<{ name: string; token: string }>();
  const [filter, setFilter] = useState(everything);
  const [revoking, setRevoking] = useState<ApiTokenItem>();

  return (
    <SettingsPage
      title="API tokens"
      about={
        <>
          A token lets a program read the API under its owner’s name, within its scopes and never beyond the
          owner’s role.{everybody && " You see the tokens of the whole organization."}
        </>
      }
      action={
        <Button look="primary" onClick={() => setCreating(true)}>
          <Plus aria-hidden className="size-4" />
          Create token
        </Button>
      }
    >
      {created && (
        <ShownOnce
          title={`Token “${created.name}” is ready`}
          hint="Copy it now"
          token={created.token}
          onDone={() => setCreated(undefined)}
        />
      )}
      {tokens.length > 0 && <TokenFilter filter={filter} onFilter={setFilter} everybody={everybody} />}
      <TokenTable
        tokens={tokens.filter((token) => isShown(token, filter))}
        none={tokens.length === 0}
        everybody={everybody}
        onRevoke={setRevoking}
      />
      <CreateToken
        open={creating}
        scopes={scopes}
        onClose={() => setCreating(false)}
        onCreated={(name, token) => {
          setCreating(false);
          setCreated({ name, token });
          router.refresh();
        }}
      />
      <RevokeToken
        token={revoking}
        onClose={() => setRevoking(undefined)}
        onRevoked={() => router.refresh()}
      />
    </SettingsPage>
  );
}
