import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { GroupScope } from "@/lib/groups/group.ts";

/** Names that are told before the rest is only counted. */
const told = 5;

/** What a group gives, on a line. */
export function ScopeText({ scope: { globalScope, spaces, targets } }: { scope: GroupScope }) {
  if (globalScope) return <>everything</>;
  if (spaces.length + targets.length === 0) return <span className="text-ink-3">nothing yet</span>;
  return (
    <>
      {spaces.length > 0 && (
        <span>
          {spaces.length === 1 ? "space " : "spaces "}
          <Names names={spaces} />
        </span>
      )}
      {spaces.length > 0 && targets.length > 0 && "; "}
      {targets.length > 0 && (
        <span>
          {targets.length === 1 ? "target " : "targets "}
          <Names names={targets} />
        </span>
      )}
    </>
  );
}

function Names({ names }: { names: readonly string[] }) {
  const more = names.length - told;
  return (
    <>
      <span className="text-ink">
        <VisibleText text={names.slice(0, told).join(", ")} />
      </span>
      {more > 0 && ` and ${more} more`}
    </>
  );
}
