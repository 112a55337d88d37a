"use client";

import { createContext, type ReactNode, use, useCallback, useEffect, useRef, useState } from "react";
import { cx } from "./cx.ts";
import { VisibleText } from "./visible-text.tsx";

type Notice = { id: number; text: string; tone: "plain" | "failure" };
type Notify = (text: string, tone?: Notice["tone"]) => void;

const NotifyContext = createContext<Notify | null>(null);
const shownMs = { plain: 5000, failure: 10_000 };

/** @returns a function that shows a short notice, read out politely */
export function useNotify(): Notify {
  const notify = use(NotifyContext);
  if (!notify) throw new Error("useNotify needs a ToastProvider above it");
  return notify;
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<Notice[]>([]);
  const nextId = useRef(0);
  const notify = useCallback<Notify>((text, tone = "plain") => {
    const id = nextId.current++;
    setNotices((shown) => [...shown.slice(-2), { id, text, tone }]);
  }, []);
  const drop = useCallback(
    (id: number) => setNotices((shown) => shown.filter((notice) => notice.id !== id)),
    [],
  );

  return (
    <NotifyContext value={notify}>
      {children}
      <div
        role="status"
        aria-live="polite"
        className="pointer-events-none fixed inset-x-0 bottom-4 z-50 flex flex-col items-center gap-2"
      >
        {notices.map((notice) => (
          <Toast key={notice.id} notice={notice} drop={drop} />
        ))}
      </div>
    </NotifyContext>
  );
}

function Toast({ notice, drop }: { notice: Notice; drop: (id: number) => void }) {
  useEffect(() => {
    const timer = setTimeout(() => drop(notice.id), shownMs[notice.tone]);
    return () => clearTimeout(timer);
  }, [notice, drop]);
  return (
    <div
      className={cx(
        "max-w-[calc(100vw-2rem)] animate-arrive rounded-md border px-3 py-2 text-sm shadow-raised",
        notice.tone === "failure"
          ? "border-failure bg-failure-soft text-failure"
          : "border-line bg-surface text-ink",
      )}
    >
      <VisibleText text={notice.text} />
    </div>
  );
}
