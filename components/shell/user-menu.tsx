"use client";

import { CircleUserRound, Keyboard, LogOut, ShieldCheck } from "lucide-react";
import { Kbd } from "@/components/ui/kbd.tsx";
import { Menu, MenuItem, MenuLink, MenuSeparator } from "@/components/ui/menu.tsx";
import type { Theme } from "@/components/ui/preferences.ts";
import { useNotify } from "@/components/ui/toast.tsx";
import { ThemeChoice } from "./theme-choice.tsx";
import type { ShellUser } from "./top-bar.tsx";

export function UserMenu({ user, theme, onHelp }: { user: ShellUser; theme: Theme; onHelp: () => void }) {
  const notify = useNotify();

  async function signOut() {
    const response = await fetch("/api/auth/sign-out", { method: "POST" });
    // A full load: nothing of the session stays in the page. 401: it has ended already.
    if (response.status === 200) window.location.assign(((await response.json()) as { url: string }).url);
    else if (response.ok || response.status === 401) window.location.assign("/sign-in");
    else notify("Signing out failed: the session is still open. Try again.", "failure");
  }

  return (
    <Menu
      trigger={<CircleUserRound aria-hidden className="size-4.5" />}
      label={`Account of ${user.name}`}
      menuLabel="Account"
      look="quiet"
      square
      align="end"
      panelClass="w-64"
    >
      <div className="px-2 py-1.5">
        <div className="truncate font-medium">{user.name}</div>
        <div className="truncate text-xs text-ink-2">{user.email}</div>
        <div className="truncate pt-1 text-xs text-ink-3">
          {user.role} of {user.organizationName}
        </div>
      </div>
      <MenuSeparator />
      <ThemeChoice initial={theme} />
      <MenuSeparator />
      <MenuLink icon={<ShieldCheck aria-hidden className="size-4" />} href="/settings/security">
        Security
      </MenuLink>
      <MenuItem icon={<Keyboard aria-hidden className="size-4" />} hint={<Kbd keys="?" />} onClick={onHelp}>
        Keyboard
      </MenuItem>
      <MenuItem icon={<LogOut aria-hidden className="size-4" />} onClick={signOut}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
