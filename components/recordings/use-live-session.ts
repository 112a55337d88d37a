"use client";

import type { Player, Source } from "asciinema-player";
import { type RefObject, useEffect, useRef, useState } from "react";
import { leaveWhenSignedOut } from "@/components/shell/leave-signed-out.ts";
import type { RecordedCommand } from "@/lib/recordings/commands.ts";
import { sizeOf } from "@/lib/recordings/size.ts";
import { livePlayerOptions } from "./live-player-options.ts";
import { fetchRecording } from "./recording-api.ts";
import { rowsOverFrames } from "./rows-over-frames.ts";

/** Commands that the page keeps; the log has all of them. */
const mostCommands = 2000;
const firstLookMs = 100;
const retryMs = 5_000;

/** How the session's host is: `lost` may come back; `away` is lost with all it showed not yet read again. */
export type LiveState = "connecting" | "live" | "lost" | "away" | "over";

type Screen = { cols: number; rows: number; elapsed: number; init: string };
type Heard = Screen | [seconds: number, code: string, data: string];
/** What a driver of the player is given; its types do not know drivers, its code does. */
type Callbacks = { dispatch: (event: string, data?: unknown) => void };

/**
 * Shows a session under way in `box`, as it is now.
 * @returns its commands; `now` tells how many microseconds it has taken, `isStored` that it is over and kept whole
 */
export function useLiveSession(
  box: RefObject<HTMLElement | null>,
  recordingId: string,
  dark: boolean,
): { state: LiveState; isStored: boolean; commands: readonly RecordedCommand[]; now: () => number } {
  const [state, setState] = useState<LiveState>("connecting");
  const [isStored, setIsStored] = useState(false);
  const [commands, setCommands] = useState<readonly RecordedCommand[]>([]);
  /** The session's time, and when it was that by the page's clock. */
  const clock = useRef<{ us: number; at: number }>(undefined);
  const [now] = useState(() => () => {
    const { us, at } = clock.current ?? { us: 0, at: performance.now() };
    return us + (performance.now() - at) * 1000;
  });

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let player: Player | undefined;
    const abort = new AbortController();
    /** The commands that are kept, the first of them having the number `first`. */
    let list: RecordedCommand[] = [];
    let first = 0;

    let stream: EventSource | undefined;
    let retrying: ReturnType<typeof setTimeout> | undefined;
    let dispatch: Callbacks["dispatch"] = () => undefined;

    function hear(heard: Heard) {
      const at = performance.now();
      if (!Array.isArray(heard)) {
        const { cols, rows, elapsed, init } = heard;
        clock.current = { us: elapsed * 1e6, at };
        setState("live");
        dispatch("reset", { size: { cols, rows }, init });
        dispatch("playing");
        return;
      }
      const [seconds, code, text] = heard;
      clock.current = { us: seconds * 1e6, at };
      const size = code === "r" ? sizeOf(text) : undefined;
      if (code === "o") dispatch("output", text);
      else if (size) dispatch("resize", { cols: size.columns, rows: size.rows });
    }
    function hearCommands(told: { first: number; commands: RecordedCommand[] }) {
      const whole = [...list.slice(0, Math.max(0, told.first - first)), ...told.commands];
      const beyond = Math.max(0, whole.length - mostCommands);
      if (whole.length === told.commands.length) first = told.first;
      first += beyond;
      list = whole.slice(beyond);
      setCommands(list);
    }
    function follow() {
      const opened = new EventSource(`/api/v1/recordings/${recordingId}/live`);
      stream = opened;
      opened.addEventListener("message", ({ data }: MessageEvent<string>) => hear(JSON.parse(data)));
      opened.addEventListener("commands", ({ data }: MessageEvent<string>) => hearCommands(JSON.parse(data)));
      opened.addEventListener("host", ({ data }: MessageEvent<string>) => {
        setState(data === "lost" ? "lost" : "live");
      });
      opened.addEventListener("done", () => {
        opened.close();
        setState("over");
        void stored(firstLookMs);
      });
      opened.addEventListener("error", () => {
        // A lost connection is opened again by the browser, and the screen comes anew; one that was refused is not.
        if (opened.readyState === EventSource.CLOSED) void refused();
        else setState("connecting");
      });
    }
    /** What is over becomes a recording like any other, which may take a moment. */
    async function stored(nextMs: number) {
      const line = await fetchRecording(recordingId, abort.signal).catch(() => undefined);
      if (abort.signal.aborted) return;
      if (line && line.state !== "live") setIsStored(true);
      else retrying = setTimeout(() => void stored(Math.min(retryMs, nextMs * 2)), nextMs);
    }
    /** The session is over, or its host has not come back to a Daybook that was started anew. */
    async function refused() {
      const line = await fetchRecording(recordingId, abort.signal).catch(() => undefined);
      if (abort.signal.aborted) return;
      if (line && line.state !== "live") {
        setState("over");
        setIsStored(true);
        return;
      }
      setState(line ? "away" : "connecting");
      retrying = setTimeout(follow, retryMs);
      void leaveWhenSignedOut();
    }
    function driver(callbacks: Callbacks) {
      dispatch = callbacks.dispatch;
      follow();
      return { play: () => true };
    }

    void Promise.all([import("asciinema-player"), document.fonts.load('15px "Geist Mono Variable"')]).then(
      ([{ create }]) => {
        if (abort.signal.aborted) return;
        const source = driver as unknown as Source;
        player = create(source, element, { ...livePlayerOptions(dark), autoPlay: true });
        rowsOverFrames(element);
      },
    );
    return () => {
      abort.abort();
      clearTimeout(retrying);
      stream?.close();
      player?.dispose();
    };
  }, [box, recordingId, dark]);

  return { state, isStored, commands, now };
}
