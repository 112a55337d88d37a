import type { ComponentProps } from "react";
import { cx } from "./cx.ts";

const inputClass =
  "h-8 w-full min-w-0 rounded-md border border-line-strong/70 bg-canvas px-2 text-sm text-ink aria-invalid:border-failure";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cx(inputClass, className)} autoComplete="off" spellCheck={false} {...props} />;
}

export function Select({ className, ...props }: ComponentProps<"select">) {
  return <select className={cx(inputClass, "pr-1", className)} {...props} />;
}

export function Checkbox({ className, ...props }: ComponentProps<"input">) {
  return <input type="checkbox" className={cx("size-4 shrink-0 accent-accent", className)} {...props} />;
}

/** A checkbox and its label, which is part of what can be pressed. */
export function CheckField({ label, ...props }: { label: string } & ComponentProps<"input">) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is inside
    <label className="flex min-w-0 flex-1 items-center gap-2 px-1">
      <Checkbox {...props} />
      <span className="truncate">{label}</span>
    </label>
  );
}

/** A label above its control; `hint` says what the control expects. */
export function Field({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: string;
  children: React.ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label className="flex min-w-0 flex-col gap-1">
      <span className="text-xs font-medium text-ink-2">
        {label}
        {hint !== undefined && <span className="font-normal text-ink-3"> {hint}</span>}
      </span>
      {children}
    </label>
  );
}
