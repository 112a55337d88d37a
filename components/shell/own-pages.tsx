"use client";

import { createContext, type ReactNode, useContext } from "react";
import type { ConsolePage } from "./pages.ts";

const OwnPages = createContext<readonly ConsolePage[]>([]);

/** The pages of settings that the person may open, for what leads there. */
export function OwnPagesProvider({
  pages,
  children,
}: {
  pages: readonly ConsolePage[];
  children: ReactNode;
}) {
  return <OwnPages value={pages}>{children}</OwnPages>;
}

/** Whether the person may open a page of settings. */
export function useMayOpen(href: string): boolean {
  return useContext(OwnPages).some((page) => page.href === href);
}
