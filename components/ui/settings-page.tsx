import { type ReactNode, useId } from "react";
import { cx } from "./cx.ts";

const widths = { "5xl": "max-w-5xl", "6xl": "max-w-6xl", "7xl": "max-w-7xl" } as const;

type PageProps = {
  title: string;
  /** What the page is for. */
  about: ReactNode;
  /** What one does there first. */
  action?: ReactNode;
  /** The way back, above the title. */
  above?: ReactNode;
  width?: keyof typeof widths;
  children: ReactNode;
};

/** A page of settings under its title. */
export function SettingsPage({ title, about, action, above, width = "7xl", children }: PageProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className={cx("mx-auto flex w-full flex-col gap-4 px-4 py-6", widths[width])}
    >
      <header
        className={cx(
          "flex flex-wrap justify-between gap-3",
          above === undefined ? "items-start" : "items-end",
        )}
      >
        <div className="max-w-xl">
          {above}
          <h1 id={id} className="text-lg font-semibold">
            {title}
          </h1>
          <p className="text-ink-2">{about}</p>
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}
