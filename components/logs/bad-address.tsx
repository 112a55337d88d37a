"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { buttonClass } from "@/components/ui/button.tsx";
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
      <dl className="w-full max-w-3xl">
        {errors.map(({ parameter, reason }) => (
          <div
            key={parameter}
            className="grid gap-x-4 border-b border-line py-1.5 sm:grid-cols-[12rem_minmax(0,1fr)]"
          >
            <dt className="truncate font-mono text-xs leading-5">{parameter}</dt>
            <dd className="wrap-anywhere">
              <span className="text-ink-2">{params.getAll(parameter).join(", ")}</span> {reason}
            </dd>
          </div>
        ))}
      </dl>
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
