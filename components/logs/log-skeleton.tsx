import { SkeletonRows } from "@/components/data-table/skeleton-row.tsx";

/** The page of a log before anything of it is known: everything in its place, nothing in it. */
export function LogSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="flex h-full min-h-120 flex-col overflow-hidden">
      <div className="flex h-10 shrink-0 items-center gap-1.5 border-b border-line px-3">
        <div className="h-7 w-28 rounded-md bg-hover" />
        <div className="h-7 w-56 rounded-md bg-hover" />
      </div>
      <div className="h-20 shrink-0 border-b border-line" />
      <div className="h-8 shrink-0 border-b border-line" />
      <SkeletonRows count={24} />
    </div>
  );
}
