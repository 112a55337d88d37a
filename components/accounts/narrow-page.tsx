import { BookOpen } from "lucide-react";
import type { ReactNode } from "react";

/** A page for somebody who is not signed in: a heading and one thing to do. */
export function NarrowPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-6 px-4 py-10">
      <h1 className="flex items-center gap-2 text-lg font-semibold">
        <BookOpen aria-hidden className="size-5 shrink-0 text-accent" strokeWidth={2.25} />
        {title}
      </h1>
      {children}
    </main>
  );
}
