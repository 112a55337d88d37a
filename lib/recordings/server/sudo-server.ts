import "server-only";
import net, { type AddressInfo } from "node:net";
import tls from "node:tls";
import { type LiveSessions, SessionRefused } from "@/lib/recordings/live-session.ts";
import { SudoConnection, type SudoTimes, usualSudoTimes } from "@/lib/recordings/server/sudo-connection.ts";
import { writeServerMessage } from "@/lib/recordings/sudo/messages.ts";

/** Who connects. `certificate` is one that the installation's authority has signed, or null without TLS. */
export type SudoPeer = {
  address: string;
  certificate: { commonName: string; serialNumber: string; fingerprint256: string } | null;
};

export type SudoServerOptions = {
  /** Without encryption, for hosts of these addresses and ranges (`192.0.2.7`, `2001:db8::/32`) only. */
  plain?: { host: string; port: number; from: readonly string[] };
  /** PEM texts; `ca` is the authority that signed the clients' certificates. */
  tls?: { host: string; port: number; cert: string; key: string; ca: string };
  /** What this peer may do, or null when it is no source. Its error is a failure of ours. */
  admit(peer: SudoPeer): Promise<LiveSessions | null>;
  /** Told of each failure that is ours. */
  report(error: unknown, peer: SudoPeer): void;
  times?: SudoTimes;
  /** Open connections in all, and from one address: each running sudo is one. */
  most?: { connections: number; perAddress: number };
};

export type SudoServer = {
  /** Where it listens; 0 for what was not asked for. */
  plainPort: number;
  tlsPort: number;
  /** Gives each client its last commit point, then ends all of them. Their commands end too. */
  close(): Promise<void>;
};

const usualMost = { connections: 2000, perAddress: 500 } as const;
const HANDSHAKE_MILLISECONDS = 10_000;
const KEEP_ALIVE_MILLISECONDS = 60_000;

/**
 * Listens for sudo's log protocol (sudo 1.9 and newer, `log_servers` in sudoers; usual ports 30343 and 30344).
 *
 * @throws Error when an address of `from` is none, when TLS files are wrong, or when a port is not to be had
 */
export async function startSudoServer(options: SudoServerOptions): Promise<SudoServer> {
  const doorkeeper = new Doorkeeper(options);
  const servers: net.Server[] = [];
  const listen = async (server: net.Server, place: { host: string; port: number }): Promise<number> => {
    await listening(server, place);
    servers.push(server);
    return portOf(server);
  };
  const close = async () => {
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    await doorkeeper.shutDown();
    await Promise.all(closed);
  };
  try {
    const plainPort = options.plain
      ? await listen(plainServer(options.plain.from, doorkeeper), options.plain)
      : 0;
    const tlsPort = options.tls ? await listen(tlsServer(options.tls, doorkeeper), options.tls) : 0;
    return { plainPort, tlsPort, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function plainServer(from: readonly string[], doorkeeper: Doorkeeper): net.Server {
  const listed = blockList(from);
  return net.createServer((socket) => {
    const address = addressOf(socket);
    const refusal = listed.check(address, family(address))
      ? undefined
      : "Daybook takes no unencrypted sessions from this address";
    void doorkeeper.serve(socket, { address, certificate: null }, refusal);
  });
}

function tlsServer(
  { cert, key, ca }: NonNullable<SudoServerOptions["tls"]>,
  doorkeeper: Doorkeeper,
): net.Server {
  // Whoever comes without a certificate is told so instead of being cut off within the handshake.
  const server = tls.createServer({
    cert,
    key,
    ca,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: "TLSv1.2",
    handshakeTimeout: HANDSHAKE_MILLISECONDS,
  });
  server.on("secureConnection", (socket) => {
    const address = addressOf(socket);
    const { subject, serialNumber, fingerprint256 } = socket.getPeerCertificate();
    const certificate = { commonName: String(subject?.CN ?? ""), serialNumber, fingerprint256 };
    const refusal = socket.authorized ? undefined : "Daybook has not issued this host's client certificate";
    void doorkeeper.serve(socket, { address, certificate: socket.authorized ? certificate : null }, refusal);
  });
  return server;
}

/** Knows who is in, lets in whom `admit` knows while there is room, and tells the others why not. */
class Doorkeeper {
  readonly #options: SudoServerOptions;
  readonly #open = new Map<net.Socket, { address: string; connection: SudoConnection | undefined }>();
  #isClosing = false;
  readonly #served = new Set<Promise<void>>();

  constructor(options: SudoServerOptions) {
    this.#options = options;
  }

  async serve(socket: net.Socket, peer: SudoPeer, refusal: string | undefined): Promise<void> {
    const reason = refusal ?? this.#fullness(peer.address);
    if (reason !== undefined) return refuse(socket, reason);
    this.#open.set(socket, { address: peer.address, connection: undefined });
    socket.once("close", () => this.#open.delete(socket));
    socket.setKeepAlive(true, KEEP_ALIVE_MILLISECONDS);
    socket.setNoDelay(true);
    const served = this.#converse(socket, peer);
    this.#served.add(served);
    await served;
    this.#served.delete(served);
  }

  async shutDown(): Promise<void> {
    this.#isClosing = true;
    await Promise.all([...this.#open.values()].map(({ connection }) => connection?.shutDown()));
    await Promise.all(this.#served);
    for (const socket of this.#open.keys()) socket.destroy();
  }

  async #converse(socket: net.Socket, peer: SudoPeer): Promise<void> {
    const { admit, report, times } = this.#options;
    // Until the conversation begins nobody else listens, and an error without a listener ends the process.
    const ignore = () => undefined;
    socket.on("error", ignore);
    let sessions: LiveSessions | null;
    try {
      sessions = await admit(peer);
    } catch (error) {
      if (!(error instanceof SessionRefused)) report(error, peer);
      return refuse(
        socket,
        error instanceof SessionRefused ? error.message : "Daybook cannot take sessions now",
      );
    }
    if (sessions === null) return refuse(socket, "This host is no source of Daybook");
    if (this.#isClosing) return refuse(socket, "Daybook is shutting down");
    const connection = new SudoConnection(socket, sessions, times ?? usualSudoTimes, (error) =>
      report(error, peer),
    );
    this.#open.set(socket, { address: peer.address, connection });
    await connection.serve();
  }

  #fullness(address: string): string | undefined {
    const { connections, perAddress } = this.#options.most ?? usualMost;
    if (this.#isClosing) return "Daybook is shutting down";
    if (this.#open.size >= connections) return "Daybook has no room for another session";
    const same = [...this.#open.values()].filter((other) => other.address === address).length;
    return same >= perAddress ? "Daybook has no room for another session of this host" : undefined;
  }
}

function refuse(socket: net.Socket, reason: string): void {
  const timer = setTimeout(() => socket.destroy(), usualSudoTimes.farewell);
  socket.once("close", () => clearTimeout(timer));
  socket.on("error", () => socket.destroy());
  socket.resume();
  socket.end(writeServerMessage({ error: reason }));
}

function blockList(from: readonly string[]): net.BlockList {
  const list = new net.BlockList();
  for (const entry of from) {
    const [address = "", prefix] = entry.split("/");
    const bits = net.isIPv6(address) ? 128 : 32;
    if (net.isIP(address) === 0 || !/^\d{1,3}$/.test(prefix ?? "0") || Number(prefix ?? 0) > bits) {
      throw new Error(`${entry} is no IP address or range`);
    }
    if (prefix === undefined) list.addAddress(address, family(address));
    else list.addSubnet(address, Number(prefix), family(address));
  }
  return list;
}

function family(address: string): "ipv4" | "ipv6" {
  return net.isIPv6(address) ? "ipv6" : "ipv4";
}

/** IPv4 addresses of a socket that listens on both families come as `::ffff:192.0.2.7`. */
function addressOf(socket: net.Socket): string {
  const address = socket.remoteAddress ?? "";
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address) ? address.slice("::ffff:".length) : address;
}

function portOf(server: net.Server): number {
  return (server.address() as AddressInfo).port;
}

function listening(server: net.Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
