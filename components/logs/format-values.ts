import type { Tone } from "@/components/ui/badge.tsx";

/** Microseconds in the unit a person would say: `870 µs`, `4.2 ms`, `1.5 s`, `2 min 5 s`. */
export function formatDuration(us: number): string {
  if (us < 1000) return `${us} µs`;
  if (us < 1_000_000) return `${threeDigits(us / 1000)} ms`;
  if (us < 60_000_000) return `${threeDigits(us / 1_000_000)} s`;
  const seconds = Math.floor(us / 1_000_000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** Cut, not rounded: 59.999 seconds are not 60. */
function threeDigits(value: number): string {
  const scale = value >= 100 ? 1 : value >= 10 ? 10 : 100;
  return String(Math.floor(value * scale) / scale);
}

/** Microseconds into a recording as a clock: `2:05`, `1:02:05`. */
export function formatOffset(us: number): string {
  const seconds = Math.max(0, Math.floor(us / 1_000_000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}

const grouped = new Intl.NumberFormat("en-US");

/** `12,345` */
export function formatCount(value: number): string {
  return grouped.format(value);
}

/** `512 B`, `3.4 kB`, `1.21 GB`, in powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : threeDigits(value)} ${units[unit]}`;
}

const tones: { [value: string]: Tone } = {
  accepted: "good",
  allowed: "good",
  allow: "good",
  success: "good",
  rejected: "denied",
  denied: "denied",
  forbid: "denied",
  failure: "failure",
  Panic: "failure",
  warning: "warning",
  inactive: "faint",
  inferred: "faint",
  closed: "neutral",
  disconnected: "neutral",
  pending: "faint",
  inProgress: "faint",
  opened: "live",
  open: "live",
  connected: "live",
};

/** What a word from a closed list means. Words that mean neither good nor bad are neutral. */
export function toneOf(value: string): Tone {
  return Object.hasOwn(tones, value) ? (tones[value] ?? "neutral") : "neutral";
}
