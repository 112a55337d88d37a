import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { LiveMessage } from "./follow.ts";
import { liveStream } from "./live-stream.ts";

type Send = (message: LiveMessage) => Promise<void>;
const following = vi.hoisted((): { send: Send | undefined; ended: number } => ({
  send: undefined,
  ended: 0,
}));
vi.mock("./follow.ts", () => ({
  followLog: (...all: unknown[]) => {
    following.send = all[4] as Send;
    return () => {
      following.ended += 1;
    };
  },
}));

const position = { epoch: 1, xid8: 7n, seq: -1n };
const everything = { conditions: [], time: {}, order: "desc" as const, limit: 50 };

beforeEach(() => {
  vi.useFakeTimers();
  following.ended = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

function open(
  signal = new AbortController().signal,
  watch: (end: () => void) => () => void = () => () => undefined,
) {
  const scope = { organizationId: "00000000-0000-0000-0000-000000000000" };
  const reader = liveStream("commands", scope, everything, position, signal, watch).getReader();
  const read = async (): Promise<string | undefined> => {
    const { value } = await reader.read();
    return value && Buffer.from(value).toString("utf8");
  };
  const send: Send = (message) => following.send?.(message) ?? Promise.reject(new Error("nobody follows"));
  return { reader, read, send };
}

const flowing: LiveMessage = { type: "flowing", position };

it("holds back whoever writes more than is taken, keep-alives beside it or not, and lets all of them go on", async () => {
  const { read, send } = open();
  let gone = 0;
  const sent = Array.from({ length: 40 }, () =>
    send(flowing).then(() => {
      gone += 1;
    }),
  );
  await vi.advanceTimersByTimeAsync(60_000);
  expect(gone).toBeLessThan(40);
  for (let n = 0; n < 41; n++) expect(await read()).toContain("1.7.-1");
  await Promise.all(sent);
  // Nothing was said in between to keep alive what had enough to say.
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await read()).toBe(":\n\n");
});

it("ends when the reader may read no longer, and frees who waits", async () => {
  let end = (): void => undefined;
  const unwatched = vi.fn();
  const { read, send } = open(undefined, (given) => {
    end = given;
    return unwatched;
  });
  const waiting = Array.from({ length: 20 }, () => send(flowing));
  end();
  end();
  await Promise.all(waiting);
  expect(following.ended).toBe(1);
  expect(unwatched).toHaveBeenCalledTimes(1);
  const told: string[] = [];
  for (let text = await read(); text !== undefined; text = await read()) told.push(text);
  // The page must not take it for a lost connection.
  expect(told.filter((text) => text.startsWith("event: ended"))).toEqual([told.at(-1)]);
  await expect(send(flowing)).resolves.toBeUndefined();
});

it("ends with its request, and with its reader, once", async () => {
  const request = new AbortController();
  const aborted = open(request.signal);
  request.abort();
  while ((await aborted.read()) !== undefined);
  expect(following.ended).toBe(1);
  const cancelled = open();
  await cancelled.reader.cancel();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(following.ended).toBe(2);
  await open(AbortSignal.abort()).read();
  expect(following.ended).toBe(3);
});
