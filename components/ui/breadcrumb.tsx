import { ChevronLeft } from "lucide-react";
import Link from "next/link";

/** The way back to the page above, by its name. */
export function Breadcrumb({ href, children }: { href: string; children: string }) {
  return (
    <nav aria-label="Breadcrumb">
      <Link
        href={href}
        prefetch={false}
        className="inline-flex items-center gap-1 text-ink-2 hover:text-ink hover:underline"
      >
        <ChevronLeft aria-hidden className="size-3.5" />
        {children}
      </Link>
    </nav>
  );
}
