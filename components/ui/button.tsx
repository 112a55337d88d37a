import type { ComponentProps } from "react";
import { cx } from "./cx.ts";

const looks = {
  /** The one thing to do here. */
  primary: "bg-accent text-on-accent hover:opacity-90 border border-transparent",
  /** One of several. */
  outline: "border border-line-strong/50 bg-canvas hover:bg-hover text-ink",
  /** In bars and rows, where borders would be noise. */
  quiet: "border border-transparent text-ink-2 hover:bg-hover hover:text-ink",
  danger: "border border-failure/50 text-failure hover:bg-failure-soft",
} as const;

const sizes = { sm: "h-6 px-1.5 text-xs gap-1", md: "h-8 px-2.5 text-sm gap-1.5" } as const;

export type ButtonLook = keyof typeof looks;
export type ButtonSize = keyof typeof sizes;

/** The classes of a button, for a link that looks like one. */
export function buttonClass(look: ButtonLook = "outline", size: ButtonSize = "md", square = false): string {
  return cx(
    "inline-flex shrink-0 items-center justify-center rounded-md font-medium whitespace-nowrap select-none",
    "disabled:cursor-not-allowed disabled:opacity-50 aria-pressed:bg-accent-soft aria-pressed:text-accent",
    looks[look],
    sizes[size],
    square && (size === "sm" ? "w-6 px-0!" : "w-8 px-0!"),
  );
}

type ButtonProps = ComponentProps<"button"> & { look?: ButtonLook; size?: ButtonSize; square?: boolean };

export function Button({ look = "outline", size = "md", square = false, className, ...props }: ButtonProps) {
  return <button type="button" className={cx(buttonClass(look, size, square), className)} {...props} />;
}
