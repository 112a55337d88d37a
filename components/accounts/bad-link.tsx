import Link from "next/link";
import { buttonClass } from "@/components/ui/button.tsx";
import { NarrowPage } from "./narrow-page.tsx";

/** The page of every link that cannot be used; it tells nothing of why. */
export function BadLink({ fault, next }: { fault?: string | undefined; next: string }) {
  return (
    <NarrowPage title="This link cannot be used">
      <p className="text-ink-2">
        {fault ?? "It may have expired, been used already, or been replaced by a newer one."}
      </p>
      <p className="text-ink-2">{next}</p>
      <Link href="/sign-in" prefetch={false} className={buttonClass()}>
        To the sign-in page
      </Link>
    </NarrowPage>
  );
}
