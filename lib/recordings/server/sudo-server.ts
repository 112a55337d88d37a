import "server-only";
import net, { type AddressInfo } from "node:net";
import tls from "node:tls";
import { Doorkeeper, type SudoDoor } from "@/lib/recordings/server/sudo-doorkeeper.ts";

export type SudoServerOptions = SudoDoor & {
  /** Without encryption, for hosts of these addresses and ranges (`192.0.2.7`, `2001:db8::/32`) only. */
  plain?: { host: string; port: number; from: readonly string[] };
  /** PEM texts; `ca` is the authority that signed the clients' certificates. */
  tls?: { host: string; port: number; cert: string; key: string; ca: string };
};

export type SudoServer = {
  /** Where it listens; 0 for what was not asked for. */
  plainPort: number;
  tlsPort: number;
  /** Gives each client its last commit point, then ends all of them. Their commands end too. */
  close(): Promise<void>;
};

const HANDSHAKE_MILLISECONDS = 10_000;

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
    const certificate =
      fingerprint256 === undefined
        ? null
        : { commonName: String(subject?.CN ?? ""), serialNumber, fingerprint256 };
    void doorkeeper.serve(socket, { address, certificate }, refusalOf(socket, certificate !== null));
  });
  return server;
}

/** Why a certificate does not let its holder in; undefined when it does. */
function refusalOf(socket: tls.TLSSocket, hasSent: boolean): string | undefined {
  if (!hasSent) return "Daybook takes encrypted sessions only with a client certificate";
  if (socket.authorized) return undefined;
  // Node gives the code of OpenSSL's answer, whatever its types say.
  return String(socket.authorizationError) === "CERT_HAS_EXPIRED"
    ? "This host's client certificate has expired"
    : "Daybook has not issued this host's client certificate";
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
