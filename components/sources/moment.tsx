import { TimeText } from "@/components/ui/time-text.tsx";

/** A time to the second, where fractions of one say nothing. */
export function Moment({
  time,
  otherwise,
  withZone = false,
}: {
  time: string | null;
  otherwise: string;
  withZone?: boolean;
}) {
  if (time === null) return <span className="text-ink-3">{otherwise}</span>;
  return <TimeText time={time.replace(/\.\d+Z$/, "Z")} withZone={withZone} />;
}
