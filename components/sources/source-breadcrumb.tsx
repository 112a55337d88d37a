import { ChevronLeft } from "lucide-react";
import Link from "next/link";

/** The way back to all sources. */
export function SourceBreadcrumb() {
  return (
    <nav aria-label="Breadcrumb">
      <Link
        href="/settings/sources"
        prefetch={false}
        className="inline-flex items-center gap-1 text-ink-2 hover:text-ink hover:underline"
      >
        <ChevronLeft aria-hidden className="size-3.5" />
        Sources
      </Link>
    </nav>
  );
}
