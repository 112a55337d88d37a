"use client";

import { type RefObject, useEffect, useState } from "react";

/** Shows a session under way in `box`. @returns whether it is over */
export function useLivePlayer(
  box: RefObject<HTMLElement | null>,
  recordingId: string,
  dark: boolean,
): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let gone = false;
    let dispose = (): void => undefined;
    void import("asciinema-player").then(({ create }) => {
      if (gone) return;
      // The package's types know no drivers; its code does.
      const source = { driver: "eventsource", url: `/api/v1/recordings/${recordingId}/live` };
      const player = create(source, element, {
        autoPlay: true,
        controls: false,
        fit: "both",
        theme: `auto/daybook-${dark ? "dark" : "light"}`,
        terminalFontFamily: '"Geist Mono Variable", ui-monospace, "Liberation Mono", monospace',
      });
      dispose = () => player.dispose();
      player.addEventListener("ended", () => setOver(true));
    });
    return () => {
      gone = true;
      dispose();
    };
  }, [box, recordingId, dark]);
  return over;
}
