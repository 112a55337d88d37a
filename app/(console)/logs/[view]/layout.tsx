import type { ReactNode } from "react";
import { requireLogPage } from "../load-log.ts";

type LayoutProps = { children: ReactNode; params: Promise<{ view: string }> };

/** Above of what is shown while a log loads: once that is sent, it is too late for the status 404. */
export default async function LogLayout({ children, params }: LayoutProps) {
  requireLogPage((await params).view);
  return children;
}
