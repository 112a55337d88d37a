"use client";

import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { cx } from "@/components/ui/cx.ts";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { cellClass, headClass } from "@/components/ui/table-classes.ts";
import { TimeText, ZoneName } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { ApiTokenItem } from "@/lib/auth/api-token.ts";
import { stateOf } from "./token-filter.tsx";

type TableProps = {
  tokens: ApiTokenItem[];
  /** Whether there is no token at all, shown or not. */
  none: boolean;
  everybody: boolean;
  onRevoke: (token: ApiTokenItem) => void;
};

const wide = "max-md:hidden";

export function TokenTable({ tokens, none, everybody, onRevoke }: TableProps) {
  if (none) return <NoTokens />;
  if (tokens.length === 0) return <EmptyState>No token matches.</EmptyState>;
  return (
    <table className="w-full border-collapse">
      <thead>
        <tr>
          <th className={headClass}>Name</th>
          {everybody && <th className={cx(headClass, "max-lg:hidden")}>Owner</th>}
          <th className={cx(headClass, wide)}>Scopes</th>
          <th className={cx(headClass, wide)}>
            Expires <ZoneName />
          </th>
          <th className={cx(headClass, wide)}>
            Last used <ZoneName />
          </th>
          <th className={headClass}>State</th>
          <th className={headClass}>
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id} className="hover:bg-hover">
            <td className={cx(cellClass, "max-w-64 wrap-anywhere")}>
              <div className="font-medium">
                <VisibleText text={token.name} />
              </div>
              <div className="font-mono text-xs text-ink-3">{token.prefix}…</div>
              {everybody && <div className="text-xs text-ink-2 lg:hidden">{token.owner.email}</div>}
              <div className="text-xs text-ink-2 md:hidden">{token.scopes.join(", ")}</div>
              <div className="text-xs text-ink-2 md:hidden">
                expires <Moment time={token.expiresAt} otherwise="never" />{" "}
                {token.expiresAt !== null && <ZoneName />}
              </div>
              <div className="text-xs text-ink-2 md:hidden">
                last used <Moment time={token.lastUsedAt} otherwise="never" />{" "}
                {token.lastUsedAt !== null && <ZoneName />}
              </div>
            </td>
            {everybody && (
              <td className={cx(cellClass, "max-w-56 truncate max-lg:hidden")}>{token.owner.email}</td>
            )}
            <td className={cx(cellClass, wide, "max-w-56")}>{token.scopes.join(", ")}</td>
            <td className={cx(cellClass, wide)}>
              <Moment time={token.expiresAt} otherwise="never" />
            </td>
            <td className={cx(cellClass, wide)}>
              <Moment time={token.lastUsedAt} otherwise="never" />
            </td>
            <td className={cellClass}>
              <State token={token} />
            </td>
            <td className={cx(cellClass, "text-right")}>
              {token.revokedAt === null && token.revocable && (
                <Button
                  look="danger"
                  size="sm"
                  aria-label={`Revoke ${token.name}`}
                  onClick={() => onRevoke(token)}
                >
                  Revoke
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const tones = { active: "good", expired: "faint", revoked: "denied" } as const;

function State({ token }: { token: ApiTokenItem }) {
  const state = stateOf(token);
  return <Badge tone={tones[state]}>{state}</Badge>;
}

/** To the second: fractions of one say nothing here. */
function Moment({ time, otherwise }: { time: string | null; otherwise: string }) {
  if (time === null) return <span className="text-ink-3">{otherwise}</span>;
  return <TimeText time={time.replace(/\.\d+Z$/, "Z")} />;
}

function NoTokens() {
  return (
    <EmptyState>
      <p>No token yet. With one, a program reads what these pages show:</p>
      <pre className="w-full rounded-md bg-sunken px-3 py-2 font-mono text-xs wrap-anywhere whitespace-pre-wrap text-ink">
        {'curl -H "Authorization: Bearer $TOKEN" "$DAYBOOK/api/v1/logs/commands"'}
      </pre>
    </EmptyState>
  );
}
