import { rowClass, rowStyle } from "./row-frame.ts";

const widths = ["w-40", "w-24", "w-32", "w-48 max-md:hidden"] as const;

/** A row that is on its way. */
export function SkeletonRow({ position }: { position: number }) {
  return (
    <div aria-hidden className={rowClass} style={rowStyle(position)}>
      <div className="col-span-full flex gap-6">
        {widths.map((width) => (
          <div key={width} className={`h-3 rounded bg-hover ${width}`} />
        ))}
      </div>
    </div>
  );
}

/** Rows on their way where not even their columns are known yet. */
export function SkeletonRows({ count }: { count: number }) {
  return (
    <div className="relative" style={{ height: `calc(var(--row-height) * ${count})` }}>
      {Array.from({ length: count }, (_, position) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is all there is
        <SkeletonRow key={position} position={position} />
      ))}
    </div>
  );
}
