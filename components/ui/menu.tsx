"use client";

import Link from "next/link";
import type { ComponentProps, KeyboardEvent, ReactNode } from "react";
import { cx } from "./cx.ts";
import { Popover } from "./popover.tsx";

type MenuProps = Omit<ComponentProps<typeof Popover>, "role" | "children" | "panelLabel"> & {
  menuLabel: string;
  children: ReactNode;
};

function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const items = [
    ...event.currentTarget.querySelectorAll<HTMLElement>("[role^=menuitem]:not([aria-disabled=true])"),
  ];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const targets: { [key: string]: number } = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  };
  const to = targets[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items[to]?.focus();
}

/** A button with a menu of {@link MenuItem}s, walked with the arrow keys. */
export function Menu({ menuLabel, children, panelClass, ...props }: MenuProps) {
  return (
    <Popover {...props} role="menu" panelLabel={menuLabel} panelClass={cx("min-w-52 p-1", panelClass)}>
      {(close) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys bubble here from the items
        <div
          onKeyDown={moveFocus}
          onClick={(event) => (event.target as HTMLElement).closest("[role=menuitem]") && close()}
        >
          {children}
        </div>
      )}
    </Popover>
  );
}

const itemClass =
  "flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-left text-sm hover:bg-hover focus:bg-hover focus-visible:outline-offset-[-2px]";

type ItemProps = { icon?: ReactNode; hint?: ReactNode; children: ReactNode };

function ItemContent({ icon, hint, children }: ItemProps) {
  return (
    <>
      {icon !== undefined && <span className="flex w-4 shrink-0 justify-center text-ink-3">{icon}</span>}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {hint !== undefined && <span className="shrink-0 text-xs text-ink-3">{hint}</span>}
    </>
  );
}

export function MenuItem({
  icon,
  hint,
  children,
  ...props
}: ItemProps & Omit<ComponentProps<"button">, "children">) {
  return (
    <button type="button" role="menuitem" tabIndex={-1} className={itemClass} {...props}>
      <ItemContent icon={icon} hint={hint}>
        {children}
      </ItemContent>
    </button>
  );
}

export function MenuLink({
  icon,
  hint,
  children,
  ...props
}: ItemProps & Omit<ComponentProps<typeof Link>, "children">) {
  return (
    <Link role="menuitem" tabIndex={-1} className={itemClass} prefetch={false} {...props}>
      <ItemContent icon={icon} hint={hint}>
        {children}
      </ItemContent>
    </Link>
  );
}

export function MenuRadio({ checked, children, ...props }: { checked: boolean } & ComponentProps<"button">) {
  return (
    <button
      type="button"
      role="menuitemradio"
      aria-checked={checked}
      tabIndex={-1}
      className={itemClass}
      {...props}
    >
      <span
        aria-hidden
        className={cx("ml-1 size-2 rounded-full border border-ink-3", checked && "border-accent bg-accent")}
      />
      <span className="truncate">{children}</span>
    </button>
  );
}

export function MenuHeading({ children }: { children: ReactNode }) {
  return <div className="px-2 pt-2 pb-1 text-xs font-medium text-ink-3">{children}</div>;
}

export function MenuSeparator() {
  return <hr className="my-1 border-line" />;
}
