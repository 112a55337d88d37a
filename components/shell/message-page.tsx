import Link from "next/link";
import { buttonClass } from "@/components/ui/button.tsx";
import { RequestId } from "./request-id.tsx";

/** A page that is none: what it is about, and a way on. */
export function MessagePage({ title, text, requestId }: { title: string; text: string; requestId: string }) {
  return (
    <div className="mx-auto flex max-w-xl flex-col items-start gap-4 px-4 py-16">
      <h1 className="text-lg font-semibold">{title}</h1>
      <p className="text-ink-2">{text}</p>
      <RequestId id={requestId} />
      <Link href="/logs/commands" prefetch={false} className={buttonClass("primary")}>
        To the logs
      </Link>
    </div>
  );
}
