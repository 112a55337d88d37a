import { recordingLimits } from "@/lib/recordings/limits.ts";
import { type Findings, type TerminalEvent, words } from "@/lib/recordings/session.ts";
import { clampedSize, sizeOf } from "@/lib/recordings/size.ts";

/**
 * Events as the stored form wants them: whole microseconds that never go back, data that is well-formed Unicode
 * (halves of a pair that two events share are put together) and of bounded length, sizes within bounds.
 */
export function* orderly(
  events: Iterable<TerminalEvent>,
  findings: Findings,
): Generator<TerminalEvent, void> {
  const clock = new Clock(findings);
  const halves = { o: new Halves(findings), i: new Halves(findings) };
  for (const [time, code, data] of events) {
    const timeUs = clock.at(time);
    if (code === "o" || code === "i") {
      yield* split(timeUs, code, halves[code].join(data, timeUs), findings);
    } else if (code === "r") {
      const asked = sizeOf(data);
      const size = asked && clampedSize(asked.columns, asked.rows, timeUs, findings);
      if (size !== undefined) yield [timeUs, "r", `${size.columns}x${size.rows}`];
      // Recorders without a terminal write 0x0.
      else if (asked?.columns !== 0) {
        findings.add("size", timeUs, "A change of the terminal's size that names none is left out.");
      }
    } else if (code === "m") {
      yield [timeUs, "m", words(data) ?? ""];
    } else {
      const status = /^-?\d{1,10}$/.test(data.trim()) ? data.trim() : undefined;
      if (status === undefined) findings.add("unreadable", timeUs, "The exit status is no number.");
      else yield [timeUs, "x", status];
    }
  }
  for (const code of ["o", "i"] as const) {
    const rest = halves[code].rest(clock.now);
    if (rest !== "") yield [clock.now, code, rest];
  }
}

class Clock {
  now = 0;
  constructor(private readonly findings: Findings) {}

  at(time: number): number {
    const rounded = Math.round(time);
    if (Number.isNaN(rounded)) {
      this.findings.add("order", this.now, "A time that is no number counts as that of the event before.");
    } else if (rounded < this.now) {
      this.findings.add(
        "order",
        this.now,
        "Times go back; such events count as at the time of the one before.",
      );
    } else if (rounded > recordingLimits.duration) {
      this.findings.add(
        "time-limit",
        this.now,
        "Times more than 31 days after the start count as that of the event before.",
      );
    } else this.now = rounded;
    return this.now;
  }
}

const highLast = /[\ud800-\udbff]$/;
const lone = /\p{Surrogate}/gu;

/** Puts the two halves of a character together that two events share. */
class Halves {
  private held = "";
  constructor(private readonly findings: Findings) {}

  join(data: string, timeUs: number): string {
    if (data === "") return "";
    let text = this.held + data;
    this.held = "";
    if (highLast.test(text)) {
      this.held = text.slice(-1);
      text = text.slice(0, -1);
    }
    return this.repaired(text, timeUs);
  }

  rest(timeUs: number): string {
    const text = this.repaired(this.held, timeUs);
    this.held = "";
    return text;
  }

  private repaired(text: string, timeUs: number): string {
    const repaired = text.replace(lone, "\ufffd");
    if (repaired !== text) {
      this.findings.add("encoding", timeUs, "Halves of a surrogate pair are shown as U+FFFD.");
    }
    return repaired;
  }
}

function* split(
  timeUs: number,
  code: "o" | "i",
  data: string,
  findings: Findings,
): Generator<TerminalEvent, void> {
  const most = recordingLimits.eventUnits;
  if (data.length <= most) {
    if (data !== "") yield [timeUs, code, data];
    return;
  }
  findings.add("large-event", timeUs, `An event of more than ${most} characters is split.`);
  for (let at = 0; at < data.length; ) {
    let end = Math.min(at + most, data.length);
    if (end < data.length && highLast.test(data.slice(end - 1, end))) end--;
    yield [timeUs, code, data.slice(at, end)];
    at = end;
  }
}
