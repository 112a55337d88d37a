import { cx } from "./cx.ts";

/** A thin bar; without a value it only says that something is going on. */
export function Progress({ value, label, className }: { value?: number; label: string; className?: string }) {
  const known = value !== undefined;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(known && { "aria-valuenow": Math.round(value * 100) })}
      className={cx("h-0.5 overflow-hidden bg-line", className)}
    >
      <div
        className={cx("h-full bg-accent", known ? "transition-[width]" : "w-1/3 animate-pulse")}
        {...(known && { style: { width: `${Math.min(1, Math.max(0, value)) * 100}%` } })}
      />
    </div>
  );
}

export function Spinner({ label }: { label: string }) {
  return (
    <span role="status" className="inline-flex items-center gap-2 text-ink-2">
      <span
        aria-hidden
        className="size-3.5 shrink-0 animate-spin rounded-full border-2 border-line-strong border-t-transparent"
      />
      {label}
    </span>
  );
}
