/**
 * What of the record somebody may see before the role narrows it further: everything, or the rows of these spaces
 * and those on these targets, by the names that the rows hold. A cluster of Kubernetes is a target.
 */
export type Reach = "all" | { readonly spaces: readonly string[]; readonly targets: readonly string[] };

/** Whether a row with this space, or on this target, lies within somebody's reach. */
export function reaches(
  reach: Reach,
  { space, target }: { space?: string | null; target?: string | null },
): boolean {
  if (reach === "all") return true;
  return (
    (space != null && reach.spaces.includes(space)) || (target != null && reach.targets.includes(target))
  );
}

/** Whether everything in one reach lies in another. */
export function reachCovers(whole: Reach, part: Reach): boolean {
  if (whole === "all") return true;
  if (part === "all") return false;
  return (
    part.spaces.every((name) => whole.spaces.includes(name)) &&
    part.targets.every((name) => whole.targets.includes(name))
  );
}
