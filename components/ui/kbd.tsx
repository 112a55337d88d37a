/** Keys as they are pressed one after the other: `<Kbd keys="g c" />`. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="inline-flex gap-0.5 whitespace-nowrap">
      {keys.split(" ").map((key, position) => (
        <kbd
          // biome-ignore lint/suspicious/noArrayIndexKey: the same key may be pressed twice
          key={position}
          className="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded border border-line bg-sunken px-1 font-sans text-xs text-ink-2"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
