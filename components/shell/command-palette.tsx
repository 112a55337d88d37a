"use client";

import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";
import { JumpGroups } from "./jump-groups.tsx";
import { parseJump } from "./jumps.ts";
import { type ConsolePage, kubernetesPages, logPages, recordingsPage } from "./pages.ts";
import { groupClass, itemClass } from "./palette-classes.ts";
import { PeopleItems } from "./people-items.tsx";
import { SavedViewItems } from "./saved-view-items.tsx";

type PaletteProps = { open: boolean; onClose: () => void; settings: readonly ConsolePage[] };

/** Reading is recorded: what is saved is only looked up once someone is looking for something. */
const searchedFrom = 2;

/** Goes anywhere: views, settings, saved views, and what someone did (`user: ann`). */
export function CommandPalette({ open, onClose, settings }: PaletteProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Search and go to" bare>
      <Palette onClose={onClose} settings={settings} />
    </Dialog>
  );
}

function Palette({ onClose, settings }: Omit<PaletteProps, "open">) {
  const router = useRouter();
  const [text, setText] = useState("");
  const jump = parseJump(text);
  const [, apiCalls] = kubernetesPages;

  function go(href: string) {
    onClose();
    router.push(href);
  }

  return (
    <Command label="Search and go to" loop shouldFilter={jump.filter === undefined} className="flex flex-col">
      <Command.Input
        data-autofocus
        value={text}
        onValueChange={setText}
        placeholder="A page, a saved view, text, or user: ann"
        className="h-11 w-full border-b border-line bg-transparent px-4 text-base outline-none"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto p-1 scroll-thin">
        {/* Words can always be searched for, so that something is offered below. */}
        {(jump.filter !== undefined || jump.text.length < searchedFrom) && (
          <Command.Empty className="px-3 py-4 text-ink-2">Nothing by that name.</Command.Empty>
        )}
        {jump.filter === undefined && (
          <>
            <Command.Group heading="Logs" className={groupClass}>
              {[...logPages, { ...apiCalls, title: "Kubernetes API calls" }].map((page) => (
                <PageItem key={page.href} page={page} onSelect={go} />
              ))}
            </Command.Group>
            <Command.Group heading="Recordings" className={groupClass}>
              <PageItem page={recordingsPage} onSelect={go} />
            </Command.Group>
            <Command.Group heading="Settings" className={groupClass}>
              {settings.map((page) => (
                <PageItem key={page.href} page={page} onSelect={go} />
              ))}
            </Command.Group>
            {text.trim().length >= searchedFrom && (
              <>
                <SavedViewItems onSelect={go} />
                <PeopleItems text={jump.text} onSelect={go} />
              </>
            )}
          </>
        )}
        <JumpGroups jump={jump} onSelect={go} />
      </Command.List>
    </Command>
  );
}

function PageItem({ page, onSelect }: { page: ConsolePage; onSelect: (href: string) => void }) {
  return (
    <Command.Item value={page.title} onSelect={() => onSelect(page.href)} className={itemClass}>
      <span className="flex-1 truncate">{page.title}</span>
      {page.key !== undefined && <Kbd keys={`g ${page.key}`} />}
    </Command.Item>
  );
}
