import "server-only";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { refuseUpgrade } from "@/lib/http/refuse-upgrade.mjs";
import { SessionRefused } from "@/lib/recordings/live-session.ts";
import { StreamConnection, type StreamLimits, streamCodes } from "@/lib/recordings/server/alis-connection.ts";
import type { StreamAdmission } from "@/lib/recordings/server/stream-session.ts";
import { type StreamProtocol, streamProtocols } from "@/lib/recordings/stream-readers.ts";

/** As the public asciinema server limits terminals; the rest is ours. */
export const usualStreamLimits: StreamLimits = {
  header: 5000,
  ping: 30_000,
  columns: 720,
  rows: 200,
  burst: 64 << 20,
  bytesPerSecond: 4 << 20,
  message: 8 << 20,
  sockets: 500,
  perAddress: 100,
};

/** Milliseconds between two looks at whether open streams are still allowed. */
const LOOK = 1000;

export type StreamSocketOptions = {
  /** What the token of a producer's address stands for, or null when it stands for nothing. */
  admit(token: string, request: IncomingMessage, address: string): Promise<StreamAdmission | null>;
  /** Those of the tokens that are still good; asked every second while streams are open. */
  allowed?(tokens: readonly string[]): Promise<ReadonlySet<string>>;
  /** Told of each failure that is ours. */
  report(error: unknown): void;
  limits?: StreamLimits;
};

/** Where producers of live terminal streams connect: `/ws/S/{token}`, as asciinema 3 expects it. */
export class StreamSocket {
  readonly #options: StreamSocketOptions;
  readonly #limits: StreamLimits;
  readonly #server: WebSocketServer;
  readonly #connections = new Map<string, StreamConnection>();
  readonly #served = new Set<Promise<void>>();
  /** By token: what a stream that may come back was sent last. */
  readonly #lastIds = new Map<string, number>();
  /** Sockets by the address that they come from. */
  readonly #addresses = new Map<string, number>();
  #isClosing = false;
  #looking: NodeJS.Timeout | undefined;

  constructor(options: StreamSocketOptions) {
    this.#options = options;
    this.#limits = options.limits ?? usualStreamLimits;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: this.#limits.message,
      handleProtocols: (offered) => streamProtocols.find((protocol) => offered.has(protocol)) ?? false,
    });
  }

  /** Whether a path is ours to upgrade. */
  serves(path: string): boolean {
    return tokenOf(path) !== undefined;
  }

  /**
   * Takes over a request to upgrade, of a path that it serves.
   * @param address the client's, behind proxies too
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, address: string): void {
    const refusal = this.#refusal(request, address);
    if (refusal !== undefined) {
      refuseUpgrade(socket, refusal);
      return;
    }
    const offered = request.headers["sec-websocket-protocol"];
    const names = offered?.split(",").map((name) => name.trim());
    if (names && !streamProtocols.some((protocol) => names.includes(protocol))) {
      // asciinema takes this for a server that does not know its protocol, and says so.
      refuseUpgrade(socket, "400 Bad Request");
      return;
    }
    const here = (this.#addresses.get(address) ?? 0) + 1;
    this.#addresses.set(address, here);
    socket.once("close", () => {
      const left = (this.#addresses.get(address) ?? 1) - 1;
      if (left === 0) this.#addresses.delete(address);
      else this.#addresses.set(address, left);
    });
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const served = this.#serve(webSocket, request, address);
      this.#served.add(served);
      void served.then(() => this.#served.delete(served));
    });
  }

  /** Why a connection is not even upgraded. */
  #refusal({ headers }: IncomingMessage, address: string): string | undefined {
    if (this.#isClosing) return "503 Service Unavailable";
    // Only pages in a browser say where they come from, and none of them sends a stream.
    if (headers.origin !== undefined) return "403 Forbidden";
    const { sockets, perAddress } = this.#limits;
    const open = [...this.#addresses.values()].reduce((sum, count) => sum + count, 0);
    const full = open >= sockets || (this.#addresses.get(address) ?? 0) >= perAddress;
    return full ? "503 Service Unavailable" : undefined;
  }

  /** Closes all connections so that their producers come back, and waits until what they sent is stored. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#looking);
    for (const connection of this.#connections.values()) {
      connection.close(streamCodes.restart, "Daybook is shutting down");
    }
    await Promise.all(this.#served);
  }

  async #serve(webSocket: WebSocket, request: IncomingMessage, address: string): Promise<void> {
    const token = tokenOf(request.url ?? "") ?? "";
    webSocket.on("error", () => undefined);
    // What comes before the admission waits in the socket.
    webSocket.pause();
    let admission = await this.#admit(webSocket, token, request, address);
    // Others may have come meanwhile: of several at once each waits for the one before it.
    for (
      let before = this.#connections.get(token);
      admission && before;
      before = this.#connections.get(token)
    ) {
      before.close(streamCodes.takenOver, "Another producer has taken the stream over");
      await this.#finished.get(before);
      // Who was first has stored its last; what it left open may have ended meanwhile.
      admission = await this.#admit(webSocket, token, request, address);
    }
    if (admission) await this.#stream(webSocket, token, admission);
  }

  readonly #finished = new WeakMap<StreamConnection, Promise<void>>();

  async #stream(webSocket: WebSocket, token: string, admission: StreamAdmission): Promise<void> {
    const connection = new StreamConnection(webSocket, webSocket.protocol as StreamProtocol | "", admission, {
      limits: this.#limits,
      lastId: this.#lastIds.get(token) ?? null,
      report: this.#options.report,
    });
    this.#connections.set(token, connection);
    this.#looking ??= setInterval(() => void this.#look(), LOOK).unref();
    const finished = connection.serve();
    this.#finished.set(connection, finished);
    webSocket.resume();
    await finished;
    if (this.#connections.get(token) === connection) this.#connections.delete(token);
    if (connection.isOver || connection.lastId === null) this.#lastIds.delete(token);
    else this.#lastIds.set(token, connection.lastId);
  }

  /** Closes the streams of tokens that are good no more: their session ends, with the reason. */
  async #look(): Promise<void> {
    const { allowed } = this.#options;
    if (!allowed || this.#connections.size === 0) return;
    try {
      const good = await allowed([...this.#connections.keys()]);
      for (const [token, connection] of this.#connections) {
        if (!good.has(token)) connection.dismiss("The stream is no longer allowed");
      }
    } catch (error) {
      this.#options.report(error);
    }
  }

  async #admit(
    webSocket: WebSocket,
    token: string,
    request: IncomingMessage,
    address: string,
  ): Promise<StreamAdmission | null> {
    const refuse = (code: number, reason: string) => {
      webSocket.resume();
      webSocket.close(code, reason);
      return null;
    };
    try {
      return (
        (await this.#options.admit(token, request, address)) ?? refuse(streamCodes.unknown, "No such stream")
      );
    } catch (error) {
      if (error instanceof SessionRefused) return refuse(streamCodes.ended, error.message);
      this.#options.report(error);
      return refuse(streamCodes.failure, "Daybook cannot take streams now; its log says why");
    }
  }
}

function tokenOf(url: string): string | undefined {
  return /^\/ws\/S\/([A-Za-z0-9_-]{1,128})(?:\?.*)?$/.exec(url)?.[1];
}
