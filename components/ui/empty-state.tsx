import type { ReactNode } from "react";

/** In place of a list that has nothing: why, and how the first one gets there. */
export function EmptyState({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-3 border-y border-line py-6 text-pretty text-ink-2 *:max-w-2xl">
      {children}
    </div>
  );
}
