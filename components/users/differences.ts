import type { UserLine } from "@/lib/users/user.ts";

/** What differs between an account as it was seen and as it is now, in words; of the latter. */
export function differencesOf(seen: UserLine, now: UserLine): string[] {
  return lines(now).filter((line) => !lines(seen).includes(line));
}

function lines({ name, role, status, sharedOnly, logins, globalScope, groups }: UserLine): string[] {
  return [
    `name: ${name}`,
    `role: ${role}`,
    `state: ${status}`,
    `shared sessions only: ${sharedOnly ? "yes" : "no"}`,
    `login names: ${logins.length === 0 ? "none" : logins.join(", ")}`,
    `global scope: ${globalScope ? "yes" : "no"}`,
    `groups: ${groups.length === 0 ? "none" : groups.map((group) => group.name).join(", ")}`,
  ];
}
