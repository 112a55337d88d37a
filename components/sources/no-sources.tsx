import Link from "next/link";
import { buttonClass } from "@/components/ui/button.tsx";
import type { KindView } from "./kind-view.ts";

/** Before the first source: what can send records in, and what happens after a choice. */
export function NoSources({ kinds }: { kinds: readonly KindView[] }) {
  return (
    <div className="flex flex-col gap-3 border-y border-line py-6">
      <p className="max-w-2xl text-ink-2">
        Nothing sends records in yet. Choose what shall: you get a token and the lines to paste there, and the
        page tells you when the first record is here.
      </p>
      <ul className="flex flex-col">
        {kinds.map(({ name, title, description }) => (
          <li
            key={name}
            className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1 border-t border-line py-2"
          >
            <div className="max-w-2xl min-w-0">
              <h2 className="font-medium">{title}</h2>
              <p className="text-ink-2">{description}</p>
            </div>
            <Link href={`/settings/sources/new?kind=${name}`} prefetch={false} className={buttonClass()}>
              Set up <span className="sr-only">{title}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
