import { Input, Select } from "@/components/ui/input.tsx";
import type { ApiTokenItem } from "@/lib/auth/api-token.ts";

const states = ["active", "expired", "revoked"] as const;

/** `state`: one of the states, or empty for all of them. */
export type Filter = { text: string; state: string };

export const everything: Filter = { text: "", state: "" };

export function stateOf({ revokedAt, expired }: ApiTokenItem): (typeof states)[number] {
  if (revokedAt !== null) return "revoked";
  return expired ? "expired" : "active";
}

/** Whether a token is one of those asked for: the text is looked for in its name, its first characters and its owner. */
export function isShown(token: ApiTokenItem, { text, state }: Filter): boolean {
  const { name, prefix, owner } = token;
  const wanted = text.trim().toLowerCase();
  const found = [name, prefix, owner.email, owner.name].some((word) => word.toLowerCase().includes(wanted));
  return found && (state === "" || stateOf(token) === state);
}

type FilterProps = { filter: Filter; everybody: boolean; onFilter: (filter: Filter) => void };

export function TokenFilter({ filter, everybody, onFilter }: FilterProps) {
  const label = everybody ? "Name or owner" : "Name";
  return (
    <search aria-label="Tokens" className="flex flex-wrap gap-2">
      <Input
        type="search"
        aria-label={label}
        placeholder={label}
        className="max-w-64"
        value={filter.text}
        onChange={(event) => onFilter({ ...filter, text: event.target.value })}
      />
      <Select
        aria-label="State"
        className="max-w-40"
        value={filter.state}
        onChange={(event) => onFilter({ ...filter, state: event.target.value })}
      >
        <option value="">every state</option>
        {states.map((state) => (
          <option key={state}>{state}</option>
        ))}
      </Select>
    </search>
  );
}
