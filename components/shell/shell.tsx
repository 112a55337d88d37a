"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import type { Theme } from "@/components/ui/preferences.ts";
import { ToastProvider } from "@/components/ui/toast.tsx";
import { useKeys } from "@/components/ui/use-keys.ts";
import { ZoneProvider } from "@/components/ui/zone.tsx";
import { KeyboardHelp } from "./keyboard-help.tsx";
import { OwnPagesProvider } from "./own-pages.tsx";
import { type ConsolePage, logPages, recordingsPage } from "./pages.ts";
import { type ShellUser, TopBar } from "./top-bar.tsx";
import { useGoKeys } from "./use-go-keys.ts";

// Fetched when it is first asked for: most pages are read without it.
const CommandPalette = dynamic(() => import("./command-palette.tsx").then((file) => file.CommandPalette), {
  ssr: false,
});

type ShellProps = {
  user: ShellUser;
  settings: readonly ConsolePage[];
  theme: Theme;
  zone: string | undefined;
  children: ReactNode;
};

/** The frame around every page of the console: bar, keys, palette, notices. */
export function Shell({ user, settings, theme, zone, children }: ShellProps) {
  const [palette, setPalette] = useState<"unused" | "open" | "closed">("unused");
  const [helping, setHelping] = useState(false);
  const pages = useMemo(() => [...logPages, recordingsPage, ...settings], [settings]);

  useGoKeys(pages);
  useKeys({ "?": () => setHelping(true) });
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (
        event.key.toLowerCase() !== "k" ||
        !(event.ctrlKey || event.metaKey) ||
        event.altKey ||
        event.shiftKey
      )
        return;
      event.preventDefault();
      setPalette((now) => (now === "open" ? "closed" : "open"));
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  return (
    <ZoneProvider remembered={zone}>
      <ToastProvider>
        <a
          href="#main"
          className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-md focus:bg-surface focus:px-3 focus:py-2"
        >
          Skip to the content
        </a>
        <div className="flex h-dvh flex-col">
          <TopBar
            user={user}
            settings={settings}
            theme={theme}
            onSearch={() => setPalette("open")}
            onHelp={() => setHelping(true)}
          />
          <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
            <OwnPagesProvider pages={settings}>{children}</OwnPagesProvider>
          </main>
        </div>
        {palette !== "unused" && (
          <CommandPalette
            open={palette === "open"}
            onClose={() => setPalette("closed")}
            settings={settings}
          />
        )}
        <KeyboardHelp open={helping} onClose={() => setHelping(false)} />
      </ToastProvider>
    </ZoneProvider>
  );
}
