import "server-only";
import { houseOrganizationId } from "@/lib/auth/server/house.ts";
import { log } from "@/lib/log.ts";
import { outcomeOf } from "./event.ts";
import { recordUserEvent } from "./record.ts";

/** A request that failed before anybody was known: a 401, a failed sign-in. */
export type AnonymousFailure = {
  action: string;
  resource: string;
  status: number;
  address: string;
  /** Whose record it is on; without it that of the organization that was made first. */
  organizationId?: string;
};

type Sum = AnonymousFailure & { minute: number; count: number };

const minuteMs = 60_000;
/** Addresses beyond this many in one minute are summed under no address, so that a flood cannot fill memory. */
const maxSums = 10_000;

type Counting = { sums: Map<string, Sum>; timer: NodeJS.Timeout | undefined };

// The server's bundles share only globalThis, and the shutdown must find what all of them counted.
const store = globalThis as { [countingKey]?: Counting };
const countingKey: unique symbol = Symbol.for("daybook.anonymous-failures");

function counting(): Counting {
  store[countingKey] ??= { sums: new Map(), timer: undefined };
  return store[countingKey];
}

/**
 * Counts a failure; one row per action, address and minute is written when the minute closes, and never
 * changed afterwards. Paths are kept without their query: they are a stranger's text.
 */
export function countAnonymousFailure(failure: AnonymousFailure): void {
  const { action, resource, status, address, organizationId } = failure;
  const minute = Math.floor(Date.now() / minuteMs);
  const path = resource.split("?", 1)[0]?.slice(0, 256) ?? "";
  const entry = { action, resource: path, status, address, ...(organizationId && { organizationId }) };
  const { sums } = counting();
  const full = sums.size >= maxSums;
  const sum = full ? { ...entry, resource: "", address: "" } : entry;
  const key = [minute, sum.action, sum.resource, sum.status, sum.address, sum.organizationId].join(" ");
  const known = sums.get(key);
  if (known) known.count += 1;
  else sums.set(key, { ...sum, minute, count: 1 });
  schedule();
}

/**
 * Writes the sums of closed minutes; at shutdown those of the open one too.
 *
 * @throws the database's error; what was not written stays counted and is tried again with the next minute
 */
export async function flushAnonymousFailures(which: "closed" | "all" = "all"): Promise<void> {
  const { sums } = counting();
  const now = Math.floor(Date.now() / minuteMs);
  const due = [...sums].filter(([, { minute }]) => which === "all" || minute < now);
  if (due.length === 0) return;
  const house = await houseOrganizationId();
  for (const [key] of due) sums.delete(key);
  const written = await Promise.allSettled(
    due.map(([, sum]) => recordUserEvent(eventOf(sum.organizationId ?? house, sum))),
  );
  const failures = written.flatMap((end, place) => {
    const entry = due[place];
    if (end.status === "fulfilled" || !entry) return [];
    const [key, sum] = entry;
    const since = sums.get(key);
    if (since) since.count += sum.count;
    else sums.set(key, sum);
    return [end.reason];
  });
  if (failures.length > 0) throw failures[0];
}

function eventOf(organizationId: string, { action, resource, status, address, minute, count }: Sum) {
  return {
    organizationId,
    time: `${new Date(minute * minuteMs).toISOString().slice(0, 19)}.000000Z`,
    user: "anonymous",
    actorType: "anonymous" as const,
    action,
    resource,
    outcome: outcomeOf(status),
    status,
    ...(address === "" ? {} : { clientAddress: address }),
    count,
  };
}

function schedule(): void {
  const state = counting();
  if (state.timer) return;
  state.timer = setTimeout(
    () => {
      state.timer = undefined;
      flushAnonymousFailures("closed")
        .catch((error: unknown) => log().error({ err: error }, "anonymous failures could not be written"))
        .finally(() => {
          if (state.sums.size > 0) schedule();
        });
    },
    minuteMs - (Date.now() % minuteMs) + 50,
  );
  // The server's shutdown writes the rest; the timer alone keeps no process alive.
  state.timer.unref();
}
