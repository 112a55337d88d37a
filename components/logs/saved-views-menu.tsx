"use client";

import { Bookmark, Trash2, Users } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { CheckField, Field, Input } from "@/components/ui/input.tsx";
import { Popover } from "@/components/ui/popover.tsx";
import { Spinner } from "@/components/ui/progress.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { LogView } from "@/lib/logs/define.ts";
import { formatQuery, type LogQuery, parseQuery } from "@/lib/logs/query.ts";
import { createSavedView, deleteSavedView, type SavedView } from "./log-api.ts";
import type { ChangeQuery } from "./use-log-query.ts";
import { useSavedViews } from "./use-saved-views.ts";

type MenuProps = { view: LogView; query: LogQuery; change: ChangeQuery };

/** Queries that someone has given a name: one's own, and those shared with the organization. */
export function SavedViewsMenu(props: MenuProps) {
  return (
    <Popover
      look="quiet"
      align="end"
      className="h-7!"
      panelLabel="Saved views"
      label="Saved views"
      trigger={<Bookmark aria-hidden className="size-4" />}
    >
      {(close) => <SavedViews {...props} close={close} />}
    </Popover>
  );
}

function SavedViews({ view, query, change, close }: MenuProps & { close: () => void }) {
  const notify = useNotify();
  const { views, error, reload } = useSavedViews(view.slug);

  function open(saved: SavedView) {
    const parsed = parseQuery(view, new URLSearchParams(saved.query));
    if (parsed.query) change(parsed.query);
    else
      notify(
        `“${saved.name}” cannot be opened: ${parsed.errors.map((each) => `${each.parameter} ${each.reason}`).join("; ")}`,
        "failure",
      );
    close();
  }

  async function remove(saved: SavedView) {
    try {
      await deleteSavedView(saved.id);
    } catch (failure) {
      notify(failure instanceof Error ? failure.message : String(failure), "failure");
    }
    reload();
  }

  return (
    <div className="flex w-80 max-w-full flex-col gap-2 p-2">
      {error !== undefined && <p className="px-2 text-failure">{error}</p>}
      {!views && error === undefined && <Spinner label="Loading" />}
      {views?.length === 0 && <p className="px-2 text-ink-2">No saved views of this log yet.</p>}
      <ul className="flex max-h-64 flex-col overflow-y-auto scroll-thin">
        {views?.map((saved) => (
          <li key={saved.id} className="flex items-center gap-1">
            <button
              type="button"
              onClick={() => open(saved)}
              className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md px-2 text-left hover:bg-hover"
            >
              <span className="min-w-0 flex-1 truncate">
                <VisibleText text={saved.name} />
              </span>
              {saved.shared && <Users aria-label="Shared" className="size-3.5 shrink-0 text-ink-3" />}
            </button>
            {saved.mine && (
              <Button
                look="quiet"
                size="sm"
                square
                aria-label={`Delete the saved view ${saved.name}`}
                onClick={() => remove(saved)}
              >
                <Trash2 aria-hidden className="size-3.5" />
              </Button>
            )}
          </li>
        ))}
      </ul>
      <SaveForm view={view} query={query} onSaved={reload} />
    </div>
  );
}

function SaveForm({ view, query, onSaved }: Pick<MenuProps, "view" | "query"> & { onSaved: () => void }) {
  const notify = useNotify();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);

  async function onSubmit(event: FormEvent) {
    event.preventDefault();
    const { row: _row, after: _after, ...lasting } = query;
    try {
      await createSavedView({
        log: view.slug,
        name: name.trim(),
        query: formatQuery(lasting).toString(),
        shared,
      });
    } catch (failure) {
      notify(failure instanceof Error ? failure.message : String(failure), "failure");
      return;
    }
    setName("");
    notify(`Saved as “${name.trim()}”`);
    onSaved();
  }

  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-2 border-t border-line p-2 pb-0">
      <Field label="Save what is shown as">
        <Input
          data-autofocus
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <div className="flex items-center justify-between gap-2 pb-2">
        <CheckField
          label="Share with the organization"
          checked={shared}
          onChange={(event) => setShared(event.target.checked)}
        />
        <Button type="submit" look="primary" disabled={name.trim() === ""}>
          Save
        </Button>
      </div>
    </form>
  );
}
