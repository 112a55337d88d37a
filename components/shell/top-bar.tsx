"use client";

import { BookOpen, ChevronDown, Search, Settings, SquarePlay } from "lucide-react";
import Link from "next/link";
import { Button, buttonClass } from "@/components/ui/button.tsx";
import { cx } from "@/components/ui/cx.ts";
import { Kbd } from "@/components/ui/kbd.tsx";
import { Menu, MenuLink } from "@/components/ui/menu.tsx";
import type { Theme } from "@/components/ui/preferences.ts";
import { type ConsolePage, kubernetesPages, logPages, recordingsPage } from "./pages.ts";
import { UserMenu } from "./user-menu.tsx";
import { ZoneSwitch } from "./zone-switch.tsx";

export type ShellUser = { name: string; email: string; role: string; organizationName: string };

type TopBarProps = {
  user: ShellUser;
  settings: readonly ConsolePage[];
  theme: Theme;
  onSearch: () => void;
  onHelp: () => void;
};

export function TopBar({ user, settings, theme, onSearch, onHelp }: TopBarProps) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line px-2 sm:gap-2 sm:px-3">
      <Link
        href="/logs/commands"
        prefetch={false}
        className="flex items-center gap-2 rounded-md px-1 font-semibold"
      >
        <BookOpen aria-hidden className="size-4.5 text-accent" strokeWidth={2.25} />
        <span className="sr-only sm:not-sr-only">Daybook</span>
      </Link>
      <nav aria-label="Main" className="flex items-center">
        <LogsMenu />
        <Link
          href={recordingsPage.href}
          prefetch={false}
          className={cx(buttonClass("quiet"), "max-sm:w-8 max-sm:px-0!")}
        >
          <SquarePlay aria-hidden className="size-4 sm:hidden" />
          <span className="max-sm:sr-only">{recordingsPage.title}</span>
        </Link>
      </nav>
      <Button
        look="outline"
        className="border-line! text-ink-3! max-md:w-8 max-md:px-0! md:w-56 md:justify-start!"
        onClick={onSearch}
        aria-label="Search and go to (Control K)"
        aria-keyshortcuts="Control+K Meta+K"
      >
        <Search aria-hidden className="size-4" />
        <span className="flex-1 text-left max-md:hidden">Search, go to …</span>
        <span className="max-md:hidden">
          <Kbd keys="Ctrl K" />
        </span>
      </Button>
      <div className="flex-1" />
      <span className="max-w-48 truncate text-ink-2 max-lg:hidden" title="Organization">
        {user.organizationName}
      </span>
      <ZoneSwitch />
      <Menu
        trigger={<Settings aria-hidden className="size-4" />}
        label="Settings"
        menuLabel="Settings"
        look="quiet"
        square
        align="end"
      >
        {settings.map(({ href, title, key }) => (
          <MenuLink key={href} href={href} {...(key !== undefined && { hint: <Kbd keys={`g ${key}`} /> })}>
            {title}
          </MenuLink>
        ))}
      </Menu>
      <UserMenu user={user} theme={theme} onHelp={onHelp} />
    </header>
  );
}

function LogsMenu() {
  const [, apiCalls] = kubernetesPages;
  return (
    <Menu
      trigger={
        <>
          Logs <ChevronDown aria-hidden className="size-3.5 text-ink-3" />
        </>
      }
      menuLabel="Logs"
      look="quiet"
    >
      {logPages.map(({ href, title, key, slug }) => (
        <div key={href}>
          <MenuLink href={href} hint={<Kbd keys={`g ${key}`} />}>
            {slug === "kubernetes-commands" ? "Kubernetes commands" : title}
          </MenuLink>
          {slug === "kubernetes-commands" && <MenuLink href={apiCalls.href}>Kubernetes API calls</MenuLink>}
        </div>
      ))}
    </Menu>
  );
}
