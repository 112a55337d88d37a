import "server-only";
import type { Family } from "../exposition.ts";

/** Where lib/logs/server/follow.ts keeps who follows: one hub for the whole process. */
const hubKey: unique symbol = Symbol.for("daybook.live");
const store = globalThis as { [hubKey]?: { followers: ReadonlySet<unknown> } };

export function liveFamilies(): Family[] {
  const followers = store[hubKey]?.followers.size ?? 0;
  const help = "Readers that follow a log live.";
  return [
    { name: "daybook_live_followers", help, type: "gauge", samples: [{ labels: {}, value: followers }] },
  ];
}
