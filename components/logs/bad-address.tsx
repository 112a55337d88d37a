"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { buttonClass } from "@/components/ui/button.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { QueryError } from "@/lib/logs/query.ts";
import { searchString } from "./conditions.ts";

/** A URL that was not understood: nothing is listed, for anything listed would answer another question. */
export function BadAddress({ errors }: { errors: readonly QueryError[] }) {
  const path = usePathname();
  const params = useSearchParams();
  const mended = new URLSearchParams(params);
  for (const { parameter } of errors) mended.delete(parameter);
  return (
    <div role="alert" className="flex flex-1 flex-col items-start gap-4 px-3 py-8">
      <div>
        <h2 className="text-base font-medium">This address was not understood</h2>
        <p className="text-ink-2">Nothing is listed, so that nothing is mistaken for its answer.</p>
      </div>
      <ul className="w-full max-w-3xl">
        {errors.map(({ parameter, reason }) => (
          <li key={parameter} className="border-b border-line py-1.5 wrap-anywhere">
            <code className="font-mono text-xs">
              <VisibleText text={parameter} />
            </code>{" "}
            {reason}.{" "}
            <span className="text-ink-2">
              The address gives it as “
              <VisibleText text={params.getAll(parameter).join(", ")} />
              ”.
            </span>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <Link href={`${path}${searchString(mended)}`} prefetch={false} className={buttonClass("primary")}>
          Leave {errors.length === 1 ? "it" : "them"} out
        </Link>
        <Link href={path} prefetch={false} className={buttonClass()}>
          Start without filters
        </Link>
      </div>
    </div>
  );
}
