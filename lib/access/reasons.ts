import type { Role } from "@/lib/auth/roles.ts";
import type { AccessLine } from "./access.ts";

const roleSays: { readonly [role in Role]: string } = {
  superuser: "As a superuser they may do everything and see everything, whatever their groups.",
  admin: "As an admin they read logs and recordings, and end and share sessions.",
  auditor: "As an auditor they read logs and recordings.",
  member: "As a member they see only rows and recordings of their own.",
};

/** How much somebody sees, in a few words. */
export function seesInShort(line: AccessLine): string {
  if (line.status === "disabled") return "nothing";
  return line.status === "invited" ? `once active, ${activeSees(line)}` : activeSees(line);
}

function activeSees({ role, sharedOnly, reach }: AccessLine): string {
  const some = reach !== "all" && reach.spaces.length + reach.targets.length > 0;
  if (reach !== "all" && !some) return "nothing";
  if (sharedOnly) return some ? "shared sessions of some spaces and targets" : "shared sessions";
  if (role === "member") return some ? "own rows of some spaces and targets" : "own rows";
  return some ? "some spaces and targets" : "everything";
}

/** Why somebody may do and see what they may, one sentence for each reason. */
export function reasonsOf(line: AccessLine): string[] {
  const { status, role, sharedOnly, globalScope, groups, reach, shares, logins, email } = line;
  const told: string[] = [];
  if (status === "disabled")
    told.push("The account is disabled: nobody signs in with it, and its tokens do nothing.");
  if (status === "invited")
    told.push("They have not yet used the link of their invitation, and cannot sign in.");
  told.push(roleSays[role]);
  if (role === "superuser") return told;
  if (role === "member") told.push(`Their own are the rows of the user ${listed([email, ...logins], "or")}.`);
  if (sharedOnly)
    told.push(`Of sessions they see only those that are shared with them: ${shares} at this moment.`);
  if (globalScope) told.push("They have the global scope: every space and every target.");
  else told.push(...groupReasons(groups));
  if (reach !== "all" && role !== "member")
    told.push(
      `Beyond their spaces and targets they see nothing but their own user events: neither the audit log nor sources${role === "admin" ? ", and they manage neither people nor groups" : ""}.`,
    );
  else if (role === "admin")
    told.push("They manage people, groups, sources and targets; they do not read the audit log.");
  else if (role === "auditor" && !sharedOnly) told.push("They read the audit log.");
  return told;
}

function groupReasons(groups: AccessLine["groups"]): string[] {
  if (groups.length === 0)
    return ["They have no global scope and are in no group: no row of any space or target."];
  return [
    "They have no global scope, so that only groups give them spaces and targets:",
    ...groups.map(({ name, ...scope }) => `Group “${name}” gives ${whatGives(scope)}.`),
  ];
}

function whatGives({ globalScope, spaces, targets }: Omit<AccessLine["groups"][number], "name">): string {
  if (globalScope) return "every space and every target";
  const parts = [
    ...(spaces.length > 0
      ? [`the ${spaces.length === 1 ? "space" : "spaces"} ${listed(spaces, "and")}`]
      : []),
    ...(targets.length > 0
      ? [`the ${targets.length === 1 ? "target" : "targets"} ${listed(targets, "and")}`]
      : []),
  ];
  return parts.length === 0 ? "nothing" : parts.join(" and ");
}

function listed(names: readonly string[], word: "and" | "or"): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} ${word} ${last}`;
}
