"use client";

import { type ReactNode, type RefObject, type ToggleEvent, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Button, type ButtonLook, type ButtonSize } from "./button.tsx";
import { cx } from "./cx.ts";
import { placeBeside } from "./place.ts";
import { Tooltip } from "./tooltip.tsx";

type PopoverProps = {
  /** What the button shows. */
  trigger: ReactNode;
  /** What the button is called, where its content is an icon. */
  label?: string;
  look?: ButtonLook;
  size?: ButtonSize;
  square?: boolean;
  align?: "start" | "end";
  className?: string;
  panelClass?: string;
  /** The panel's role and what it is called. */
  role?: "dialog" | "menu" | "listbox";
  panelLabel: string;
  onOpenChange?: (open: boolean) => void;
  children: (close: () => void) => ReactNode;
  /** The key that presses the button, told to screen readers, and the button for whoever listens to it. */
  shortcut?: string;
  buttonRef?: RefObject<HTMLButtonElement | null>;
  /** -1 where another way than Tab leads to the button. */
  tabIndex?: -1;
};

/**
 * A button and a panel in the browser's top layer: Esc and a click elsewhere close it, focus returns.
 * The panel's content exists only while it is open; `[data-autofocus]` in it, or a menu's first item, takes the focus.
 */
export function Popover(props: PopoverProps) {
  const { trigger, label, look = "outline", size = "md", square = false, align = "start" } = props;
  const { className, panelClass, role = "dialog", panelLabel, onOpenChange, children, shortcut } = props;
  const id = useId();
  const ownButton = useRef<HTMLButtonElement>(null);
  const button = props.buttonRef ?? ownButton;
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  function beforeToggle(event: ToggleEvent<HTMLDivElement>) {
    if (event.newState !== "open") return;
    // The content must be there before the browser shows the panel, or it would be placed while empty.
    flushSync(() => setOpen(true));
    onOpenChange?.(true);
    requestAnimationFrame(() => {
      if (!panel.current || !button.current) return;
      placeBeside(panel.current, button.current, align);
      const first = role === "menu" ? "[role^=menuitem]" : "[data-autofocus]";
      panel.current.querySelector<HTMLElement>(first)?.focus({ preventScroll: true });
    });
  }

  function afterToggle(event: ToggleEvent<HTMLDivElement>) {
    if (event.newState === "open") return;
    setOpen(false);
    onOpenChange?.(false);
  }

  const control = (
    <Button
      ref={button}
      {...(shortcut !== undefined && { "aria-keyshortcuts": shortcut })}
      look={look}
      size={size}
      square={square}
      {...(label !== undefined && { "aria-label": label })}
      {...(className !== undefined && { className })}
      popoverTarget={id}
      tabIndex={props.tabIndex}
      aria-haspopup={role}
      aria-expanded={open}
    >
      {trigger}
    </Button>
  );
  return (
    <>
      {label === undefined ? (
        control
      ) : (
        <Tooltip text={label} align={align}>
          {control}
        </Tooltip>
      )}
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: its role is one of three that take a label */}
      <div
        ref={panel}
        id={id}
        popover="auto"
        role={role}
        aria-label={panelLabel}
        onBeforeToggle={beforeToggle}
        onToggle={afterToggle}
        className={cx(
          "inset-auto m-0 max-h-[min(32rem,80dvh)] max-w-[calc(100vw-1rem)] overflow-auto rounded-lg border border-line",
          "scroll-thin bg-surface p-0 text-sm text-ink shadow-raised",
          panelClass,
        )}
      >
        {open && children(() => panel.current?.hidePopover())}
      </div>
    </>
  );
}
