"use client";

import { useState } from "react";
import { cx } from "./cx.ts";
import { relativeTime, showTime } from "./format-time.ts";
import { useZone } from "./zone.tsx";

/**
 * A time of the record: absolute and to the microsecond, in the reader's zone; on hover how long ago, and UTC.
 * @param withZone prints the offset too, where no header names the zone
 */
export function TimeText({
  time,
  withZone = false,
  className,
}: {
  time: string;
  withZone?: boolean;
  className?: string;
}) {
  const { zone } = useZone();
  const [title, setTitle] = useState<string>();
  const shown = showTime(time, zone);
  if (!shown) return <span className={className}>{time}</span>;
  return (
    <time
      dateTime={time}
      title={title}
      // Reckoned when it is asked for: rendered on the server it would be old already.
      onPointerEnter={() => setTitle(`${relativeTime(time, Date.now())}\n${time} (UTC)`)}
      className={cx("tabular whitespace-nowrap", className)}
    >
      {shown.date} {shown.clock}
      <span className="text-ink-3">{shown.fraction}</span>
      {withZone && <span className="text-ink-3"> {zone === "UTC" ? "UTC" : shown.offset}</span>}
    </time>
  );
}

/** The zone as it stands beside a heading: `UTC`, `Europe/Berlin`. */
export function ZoneName() {
  const { zone } = useZone();
  return <span className="font-normal text-ink-3">{zone}</span>;
}
