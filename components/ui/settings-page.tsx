import { type ReactNode, useId } from "react";

type PageProps = {
  title: ReactNode;
  /** What the page is for. */
  about?: ReactNode;
  /** What one does there first. */
  action?: ReactNode;
  /** The way back, above the title. */
  above?: ReactNode;
  children: ReactNode;
};

/** A page of settings under its title. All are of one width: nothing jumps on the way from one to the next. */
export function SettingsPage({ title, about, action, above, children }: PageProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mx-auto flex w-full max-w-7xl flex-col gap-5 px-4 py-6">
      <header className="flex flex-wrap items-end justify-between gap-3">
        <div className="max-w-2xl min-w-0">
          {above}
          <h1 id={id} className="text-lg font-semibold wrap-anywhere">
            {title}
          </h1>
          {about !== undefined && <p className="text-pretty text-ink-2">{about}</p>}
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}
