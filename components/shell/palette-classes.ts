/** cmdk names its parts by attributes; these are the classes for them. */
export const groupClass =
  "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3";
export const itemClass =
  "flex h-8 cursor-pointer items-center gap-2 rounded-md px-2 data-[selected=true]:bg-hover";
