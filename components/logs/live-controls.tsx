"use client";

import { ArrowUp, History, Pause, Play } from "lucide-react";
import { type ComponentProps, useEffect, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { cx } from "@/components/ui/cx.ts";
import { useKeys } from "@/components/ui/use-keys.ts";
import { formatCount } from "./format-values.ts";
import type { StreamState } from "./live-stream.ts";

type LiveButtonProps = { stream: StreamState; paused: boolean; onPause: (paused: boolean) => void };

const words: { [status in StreamState["status"]]: string } = {
  connecting: "Connecting",
  flowing: "Live",
  held: "Held back",
  asleep: "Asleep",
  refused: "Not live",
};

/** Says whether new rows arrive, and pauses them. */
export function LiveButton({ stream, paused, onPause }: LiveButtonProps) {
  useKeys({ l: () => onPause(!paused) });
  const flowing = stream.status === "flowing" && !paused;
  const Icon = paused ? Play : Pause;
  return (
    <Button
      look="quiet"
      // As wide as its longest word: the bar must not move when the word changes.
      className="h-7! w-32 justify-end! max-sm:w-12"
      onClick={() => onPause(!paused)}
      aria-keyshortcuts="l"
      title={paused ? "Let new rows in again (l)" : "Keep new rows out, and count them (l)"}
    >
      <span
        aria-hidden
        className={cx(
          "size-2 shrink-0 rounded-full",
          flowing ? "bg-live" : "border border-ink-3",
          stream.status === "refused" && "bg-failure",
        )}
      />
      <span className={cx("max-sm:sr-only", flowing && "text-live")}>
        {paused ? "Paused" : words[stream.status]}
      </span>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      <span className="sr-only">{paused ? "Resume" : "Pause"}</span>
    </Button>
  );
}

/** Why nothing new is shown although there may be something new. */
export function LiveNotice({ stream }: { stream: StreamState }) {
  if (stream.status === "held") {
    return (
      <p role="status" className="shrink-0 border-b border-line bg-warning-soft px-3 py-1 text-warning">
        Live is held back, for {stream.seconds} s now, by an open transaction of {stream.by}. Nothing is lost:
        rows appear when it ends.
      </p>
    );
  }
  if (stream.status !== "refused") return null;
  return (
    <p role="status" className="shrink-0 border-b border-line bg-failure-soft px-3 py-1 text-failure">
      New rows are not followed: the server refused the connection. Trying again every few seconds.
    </p>
  );
}

const pauseBetweenWordsMs = 5000;

type PillProps = {
  /** New rows that belong on top. */
  waiting: number;
  onShow: () => void;
  /** New rows that stand elsewhere, by the time that they carry. */
  late: number;
  onShowLate: () => void;
  newestFirst: boolean;
};

/** Counts what has arrived out of sight, and shows it on a press. */
export function NewRowsPills({ waiting, onShow, late, onShowLate, newestFirst }: PillProps) {
  const lateWords = `${formatCount(late)} new, ${newestFirst ? "older" : "newer"} than these`;
  const spoken = [waiting > 0 && `${formatCount(waiting)} new rows`, late > 0 && lateWords];
  return (
    <>
      <div className="pointer-events-none absolute inset-x-0 top-10 z-20 flex flex-wrap justify-center gap-2 px-3 *:pointer-events-auto">
        {waiting > 0 && (
          <Pill onClick={onShow}>
            <ArrowUp aria-hidden className="size-3.5" />
            {formatCount(waiting)} new
          </Pill>
        )}
        {late > 0 && (
          <Pill onClick={onShowLate} title="They carry times that lie elsewhere in the list. Show them">
            <History aria-hidden className="size-3.5" />
            {lateWords}
          </Pill>
        )}
      </div>
      <Announcement text={spoken.filter(Boolean).join("; ")} />
    </>
  );
}

function Pill(props: ComponentProps<typeof Button>) {
  return (
    <Button {...props} look="primary" className="tabular animate-arrive rounded-full! px-3! shadow-raised" />
  );
}

/** Reads changes out, but not each of a thousand. */
function Announcement({ text }: { text: string }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSaid(text), said === "" ? 0 : pauseBetweenWordsMs);
    return () => clearTimeout(timer);
  }, [text, said]);
  return (
    <span role="status" className="sr-only">
      {said}
    </span>
  );
}
