/** What the members of a group may see: everything, or the rows of these spaces and on these targets. */
export type GroupScope = { globalScope: boolean; spaces: readonly string[]; targets: readonly string[] };

/** A group as a list shows it. Times are UTC with microseconds. */
export type GroupLine = GroupScope & {
  id: string;
  name: string;
  description: string;
  /** Whoever changes the group says which one they saw. */
  version: number;
  createdAt: string;
  members: number;
};

/** Somebody in a group. `globalScope`: sees everything, whatever the group. */
export type GroupMember = {
  id: string;
  email: string;
  name: string;
  role: string;
  status: string;
  globalScope: boolean;
};

/** One group with everybody who is in it, by address. */
export type Group = Omit<GroupLine, "members"> & { members: GroupMember[] };

/** Groups of an organization. */
export const mostGroups = 1000;
/** Groups that one person may be in. */
export const mostGroupsOfUser = 100;
export const nameLength = 100;
export const descriptionLength = 500;
/** Spaces, and targets, that one group may name, and characters of such a name. */
export const mostNames = 500;
export const scopeNameLength = 500;

/** What the forms of groups offer; anything else may be typed. */
export type OfferedNames = {
  spaces: readonly string[];
  targets: readonly string[];
  /** Addresses. */
  people: readonly string[];
};
