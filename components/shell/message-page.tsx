import Link from "next/link";
import { buttonClass } from "@/components/ui/button.tsx";

/** A page that is none: what it is about, and a way on. */
export function MessagePage({ title, text }: { title: string; text: string }) {
  return (
    <div className="mx-auto flex max-w-xl flex-col items-start gap-4 px-4 py-16">
      <h1 className="text-lg font-semibold">{title}</h1>
      <p className="text-ink-2">{text}</p>
      <Link href="/logs/commands" prefetch={false} className={buttonClass("primary")}>
        To the logs
      </Link>
    </div>
  );
}
