"use client";

import { Segment, SegmentButton } from "@/components/ui/tabs.tsx";
import { useZone } from "@/components/ui/zone.tsx";

/** Local time or UTC, in one click. */
export function ZoneSwitch() {
  const { zone, local, choose } = useZone();
  const shown = local ?? (zone === "UTC" ? undefined : zone);
  return (
    <Segment label="Time zone">
      <SegmentButton
        current={zone !== "UTC"}
        disabled={shown === undefined}
        title={shown === undefined ? "Your browser is in UTC" : `Show times in ${shown}`}
        onClick={() => shown !== undefined && choose(shown)}
      >
        Local
      </SegmentButton>
      <SegmentButton current={zone === "UTC"} title="Show times in UTC" onClick={() => choose("UTC")}>
        UTC
      </SegmentButton>
    </Segment>
  );
}
