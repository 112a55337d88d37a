import { expect, it } from "vitest";
import { ingestKind } from "../kinds.ts";
import { preparePost } from "./prepare.ts";
import { lines } from "./test-source.ts";
import { Slices } from "./turns.ts";

/** Counts how often the event loop goes round while something is done. */
async function roundsDuring(work: () => Promise<unknown>): Promise<number> {
  let rounds = 0;
  let over = false;
  const count = () => {
    rounds++;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  await work();
  over = true;
  return rounds;
}

/** Keeps the processor for longer than a slice. */
function busy(): void {
  const until = performance.now() + 12;
  while (performance.now() < until);
}

it("lets the event loop go round between slices, and one slice of all work have each turn", async () => {
  const order: string[] = [];
  const work = (name: string) =>
    function* () {
      for (let step = 0; step < 3; step++) {
        busy();
        order.push(name);
        yield;
      }
      return name;
    };
  const done: string[] = [];
  const rounds = await roundsDuring(async () => {
    done.push(...(await Promise.all([new Slices().run(work("a")()), new Slices().run(work("b")())])));
  });
  expect(done).toEqual(["a", "b"]);
  expect(order).toEqual(["a", "b", "a", "b", "a", "b"]);
  // Each of the four further slices, and the ends, in a round of its own.
  expect(rounds).toBeGreaterThanOrEqual(6);
});

it("costs short work nothing", () => {
  const slices = new Slices();
  expect(slices.rest()).toBeUndefined();
  busy();
  expect(slices.rest()).toBeInstanceOf(Promise);
});

it("large bodies are prepared in many slices", async () => {
  const source = { id: "s", organizationId: "o", name: "n", kind: ingestKind("native"), settings: {} };
  const record = {
    log: "commands",
    time: "2026-11-20T10:00:00Z",
    user: "ann",
    target: "web-1",
    command: "id",
  };
  const body = Buffer.from(lines(Array.from({ length: 20_000 }, (_, n) => ({ ...record, id: `${n}` }))));
  const rounds = await roundsDuring(async () => {
    expect((await preparePost(source, body, undefined)).records).toHaveLength(20_000);
  });
  expect(rounds).toBeGreaterThan(3);
});
