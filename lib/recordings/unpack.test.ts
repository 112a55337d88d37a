import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { expect, it } from "vitest";
import { eventsOf, part } from "@/lib/recordings/test-parts.ts";

async function tarOf(files: Record<string, string | Buffer>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const log = "1795250732:alice:root::/dev/pts/2:30:100\n/\n/bin/sh\n";

it("finds the log in a tar with long names, links and folders, each file gunzipped", async () => {
  const folder = `${"deep/".repeat(30)}00/00/01/`;
  const tar = await tarOf({
    seq: "000001\n",
    [`${folder}log`]: log,
    [`${folder}timing`]: gzipSync("4 0.5 5\n"),
    [`${folder}ttyout`]: gzipSync("hello"),
  });
  const { info, events, findings } = await eventsOf([part("a.tar.gz", gzipSync(tar))]);
  expect(info).toMatchObject({ format: "sudo-iolog", user: "alice" });
  expect(events).toEqual([[500_000, "o", "hello"]]);
  expect(findings).toEqual([]);
});

it("keeps what it can of a tar that is cut off or damaged", async () => {
  const tar = await tarOf({ log, timing: "4 0.5 5\n4 0.5 5\n", ttyout: "hello there" });
  const cut = await eventsOf([part("a.tar", tar.subarray(0, 512 * 5 + 7))]);
  expect(cut.events).toEqual([
    [500_000, "o", "hello"],
    [1_000_000, "o", " t"],
  ]);
  expect(cut.findings.map(({ code }) => code)).toEqual(["truncated", "truncated"]);
  const damaged = Buffer.from(tar);
  damaged.write("garbage", 512 * 4 + 100);
  expect((await eventsOf([part("a.tar", damaged)])).findings.map(({ code }) => code)).toEqual([
    "truncated",
    "truncated",
  ]);
});

it("refuses a tar of too many files", async () => {
  const one = await tarOf({ x: "" });
  const many = Buffer.concat(Array.from({ length: 10_001 }, () => one.subarray(0, 512)));
  await expect(eventsOf([part("a.tar", many)])).rejects.toThrow("tar: has more than 10000 files");
});

it("gunzips what is in several pieces", async () => {
  const header = '{"version":2,"width":80,"height":24}\n';
  const { events, findings } = await eventsOf([
    part("a.gz", Buffer.concat([gzipSync(header), gzipSync('[1,"o","x"]\n')])),
  ]);
  expect(events).toEqual([[1_000_000, "o", "x"]]);
  expect(findings).toEqual([]);
});
