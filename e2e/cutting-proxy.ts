import { once } from "node:events";
import net from "node:net";

/** A way to a server that can be cut, in the middle of whatever is on it. */
export type CuttingProxy = {
  port: number;
  /** Breaks every connection off and lets no new one through. */
  cut: () => void;
  /** Lets connections through again. */
  mend: () => void;
  close: () => void;
};

export async function cuttingProxy(to: number): Promise<CuttingProxy> {
  const open = new Set<net.Socket>();
  let isCut = false;
  const server = net.createServer((near) => {
    if (isCut) {
      near.resetAndDestroy();
      return;
    }
    const far = net.connect(to, "localhost");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      // Either end's failure is the other's end; there is nobody to tell.
      one.on("error", () => undefined);
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const breakOff = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: typeof address === "object" && address ? address.port : 0,
    cut: () => {
      isCut = true;
      breakOff();
    },
    mend: () => {
      isCut = false;
    },
    close: () => {
      server.close();
      breakOff();
    },
  };
}
