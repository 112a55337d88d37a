/** Hosts that may pair with one token, hours it may live, and failed pairings of one address before it has to wait. */
export const deploymentLimits = {
  hosts: 1000,
  hours: 90 * 24,
  failures: { guesses: 20, windowMinutes: 15, lockMinutes: 15 },
} as const;

/** A deployment token as lists show it; times are UTC with microseconds. */
export type DeploymentTokenLine = {
  id: string;
  name: string;
  kind: string;
  settings: { [name: string]: string };
  /** The first characters of the token. */
  prefix: string;
  /** How many hosts may pair. */
  hosts: number;
  state: "ready" | "used up" | "expired";
  createdAt: string;
  createdBy: string;
  expiresAt: string;
  /** What hosts became by pairing, in that order. */
  sources: { id: string; name: string }[];
};

/** What a host is told once it has paired. */
export type Paired = {
  source: { id: string; name: string; kind: string };
  /** Of the source; in this answer and nowhere else. */
  token: string;
  /** Where the source posts its records. */
  url: string;
};
