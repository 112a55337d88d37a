import Link from "next/link";
import { Moment } from "@/components/sources/moment.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { DeploymentTokenLine } from "@/lib/deployment-tokens/deployment-token.ts";

type ListProps = {
  tokens: readonly DeploymentTokenLine[];
  kindTitles: { [kind: string]: string };
  onDelete: (token: DeploymentTokenLine) => void;
};

/** Deployment tokens, newest first, each with what hosts became by it. */
export function DeploymentTokenList({ tokens, kindTitles, onDelete }: ListProps) {
  if (tokens.length === 0) {
    return (
      <EmptyState>
        No deployment token yet. With one, a host becomes a source by itself, with a single command.
      </EmptyState>
    );
  }
  return (
    <ul className="border-t border-line" aria-label="Deployment tokens">
      {tokens.map((token) => (
        <li
          key={token.id}
          className="flex items-start justify-between gap-x-6 gap-y-2 border-b border-line py-2 max-sm:flex-col"
        >
          <Facts token={token} kindTitle={kindTitles[token.kind] ?? token.kind} />
          <Button size="sm" look="danger" aria-label={`Delete ${token.name}`} onClick={() => onDelete(token)}>
            Delete
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** Of the hosts of one token; all of them are under Sources. */
const mostShown = 20;

const tones = { ready: "good", "used up": "faint", expired: "faint" } as const;

function Facts({ token, kindTitle }: { token: DeploymentTokenLine; kindTitle: string }) {
  const { name, prefix, settings, hosts, state, createdAt, createdBy, expiresAt, sources } = token;
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <div className="flex flex-wrap items-center gap-x-3">
        <span className="font-medium wrap-anywhere">
          <VisibleText text={name} />
        </span>
        <code className="font-mono text-xs text-ink-3">{prefix}…</code>
        <Badge tone={tones[state]}>{state}</Badge>
      </div>
      <p className="wrap-anywhere text-ink-2">
        {kindTitle}
        {Object.entries(settings).map(([setting, value]) => ` · ${setting} ${value}`)}
      </p>
      <p className="text-ink-2">
        {state === "expired" ? "Expired" : "Expires"} <Moment time={expiresAt} otherwise="" withZone /> ·
        created <Moment time={createdAt} otherwise="" withZone /> by{" "}
        <span className="wrap-anywhere">{createdBy}</span>
      </p>
      <p className="wrap-anywhere text-ink-2">
        {sources.length} of {hosts} {hosts === 1 ? "host has" : "hosts have"} paired
        {sources.slice(0, mostShown).map(({ id, name: source }, place) => (
          <span key={id}>
            {place === 0 ? ": " : ", "}
            <Link
              href={`/settings/sources/${id}`}
              prefetch={false}
              className="text-ink underline-offset-2 hover:underline"
            >
              <VisibleText text={source} />
            </Link>
          </span>
        ))}
        {sources.length > mostShown && `, and ${sources.length - mostShown} more`}
      </p>
    </div>
  );
}
