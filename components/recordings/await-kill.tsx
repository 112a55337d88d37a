"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const everyMs = 3000;
/** A host that takes longer is looked at again when somebody comes back to the page. */
const mostLooks = 40;

/** Looks, while a request for the end of a session is under way, at what became of it. */
export function AwaitKill() {
  const router = useRouter();
  useEffect(() => {
    let looks = 0;
    const timer = setInterval(() => {
      if (document.visibilityState !== "visible") return;
      router.refresh();
      if (++looks === mostLooks) clearInterval(timer);
    }, everyMs);
    return () => clearInterval(timer);
  }, [router]);
  return null;
}
