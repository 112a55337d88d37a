"use client";

import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { ErrorNotice } from "@/components/logs/error-notice.tsx";
import { useRewoundPlayer } from "./use-rewound-player.ts";

/** What the controls around it do with it. */
export type RewoundHandle = { seek: (us: number) => void; toggle: () => void };

type RewoundProps = {
  ref: Ref<RewoundHandle>;
  recordingId: string;
  dark: boolean;
  speed: number;
  startUs: number;
  onMoved: (us: number, playing: boolean) => void;
  onCaughtUp: () => void;
};

/** An earlier moment of a session under way, playing on from there. */
export function Rewound({ ref, onMoved, ...options }: RewoundProps) {
  const box = useRef<HTMLDivElement>(null);
  const { atUs, playing, error, seek, toggle, retry } = useRewoundPlayer(box, options);
  useImperativeHandle(ref, () => ({ seek, toggle }), [seek, toggle]);
  useEffect(() => onMoved(atUs, playing), [onMoved, atUs, playing]);
  return (
    <div className="absolute inset-0 flex flex-col gap-1 bg-canvas">
      {error && (
        <ErrorNotice error={error} what="This part of the session cannot be played." onRetry={retry} />
      )}
      <div
        ref={box}
        role="img"
        aria-label="The terminal, at an earlier moment"
        className="min-h-0 flex-1 overflow-auto scroll-thin bg-sunken"
      />
    </div>
  );
}
