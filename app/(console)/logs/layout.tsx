import type { ReactNode } from "react";
import { LogTabs } from "@/components/shell/log-tabs.tsx";

export default function LogsLayout({ children }: { children: ReactNode }) {
  return (
    <div className="flex h-full flex-col">
      <LogTabs />
      <div className="min-h-0 flex-1">{children}</div>
    </div>
  );
}
