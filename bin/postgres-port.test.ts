import { once } from "node:events";
import net from "node:net";
import { expect, it, vi } from "vitest";
import { freePort } from "@/bin/postgres-port.mjs";

it("a free port is one that nobody has, and that no outgoing connection gets", async () => {
  const taken = net.createServer().listen(await freePort(), "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as net.AddressInfo;
  const draws = vi
    .spyOn(Math, "random")
    .mockReturnValueOnce((port - 15_000 + 0.5) / 15_000)
    .mockReturnValueOnce(0.5);
  const other = await freePort();
  expect(draws.mock.calls.length).toBeGreaterThan(1);
  draws.mockRestore();
  taken.close();
  expect(other).not.toBe(port);
  expect(other).toBeGreaterThanOrEqual(15_000);
  expect(other).toBeLessThan(30_000);
});
