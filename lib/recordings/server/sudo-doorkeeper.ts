import "server-only";
import type net from "node:net";
import { type LiveSessions, SessionRefused } from "@/lib/recordings/live-session.ts";
import { SudoConnection, type SudoTimes, usualSudoTimes } from "@/lib/recordings/server/sudo-connection.ts";
import { writeServerMessage } from "@/lib/recordings/sudo/messages.ts";

/**
 * Who connects. `certificate` is null without TLS, and for who is told of in `refused` also where none was sent.
 * Who is asked about in `admit` has one that the installation's authority has signed.
 */
export type SudoPeer = {
  address: string;
  certificate: { commonName: string; serialNumber: string; fingerprint256: string } | null;
};

/** Who is let in, and who has to go. */
export type SudoDoor = {
  /** What this peer may do, or null when it is no source. Its error is a failure of ours. */
  admit(peer: SudoPeer): Promise<LiveSessions | null>;
  /** Told of who was not let in, and why. */
  refused?(peer: SudoPeer, reason: string): void;
  /** Asked twice a second while somebody is in: who of them has to go, and why. Its error is a failure of ours. */
  expelled?(open: readonly SudoPeer[]): Promise<ReadonlyMap<SudoPeer, string>>;
  /** Told of each failure that is ours. */
  report(error: unknown, peer: SudoPeer | null): void;
  times?: SudoTimes;
  /** Open connections in all, and from one address: each running sudo is one. */
  most?: { connections: number; perAddress: number };
};

const usualMost = { connections: 2000, perAddress: 500 } as const;
const KEEP_ALIVE_MILLISECONDS = 60_000;
const ROUND_MILLISECONDS = 500;
/** For who has to go to read why. */
const EXPULSION_MILLISECONDS = 200;

/** Knows who is in, lets in whom `admit` knows while there is room, and tells the others why not. */
export class Doorkeeper {
  readonly #options: SudoDoor;
  readonly #open = new Map<net.Socket, { peer: SudoPeer; connection: SudoConnection | undefined }>();
  #isClosing = false;
  #round: NodeJS.Timeout | undefined;
  readonly #served = new Set<Promise<void>>();

  constructor(options: SudoDoor) {
    this.#options = options;
  }

  async serve(socket: net.Socket, peer: SudoPeer, refusal: string | undefined): Promise<void> {
    const reason = refusal ?? this.#fullness(peer.address);
    if (reason !== undefined) return this.#refuse(socket, peer, reason);
    this.#open.set(socket, { peer, connection: undefined });
    this.#goRound();
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
    clearTimeout(this.#round);
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
      if (error instanceof SessionRefused) return this.#refuse(socket, peer, error.message);
      report(error, peer);
      return farewell(socket, "Daybook cannot take sessions now");
    }
    if (sessions === null) return this.#refuse(socket, peer, "This host is no source of Daybook");
    if (this.#isClosing) return farewell(socket, "Daybook is shutting down");
    const connection = new SudoConnection(socket, sessions, times ?? usualSudoTimes, (error) =>
      report(error, peer),
    );
    this.#open.set(socket, { peer, connection });
    await connection.serve();
  }

  #refuse(socket: net.Socket, peer: SudoPeer, reason: string): void {
    this.#options.refused?.(peer, reason);
    farewell(socket, reason);
  }

  #goRound(): void {
    const { expelled, report } = this.#options;
    if (!expelled || this.#round || this.#isClosing) return;
    this.#round = setTimeout(() => {
      expelled([...this.#open.values()].map(({ peer }) => peer))
        .then((reasons) => this.#expel(reasons))
        .catch((error: unknown) => report(error, null))
        .finally(() => {
          this.#round = undefined;
          if (this.#open.size > 0) this.#goRound();
        });
    }, ROUND_MILLISECONDS);
  }

  #expel(reasons: ReadonlyMap<SudoPeer, string>): void {
    for (const [socket, { peer, connection }] of this.#open) {
      const reason = reasons.get(peer);
      if (reason === undefined) continue;
      this.#options.refused?.(peer, reason);
      connection?.fail(new SessionRefused(reason));
      setTimeout(() => socket.destroy(), EXPULSION_MILLISECONDS);
    }
  }

  #fullness(address: string): string | undefined {
    const { connections, perAddress } = this.#options.most ?? usualMost;
    if (this.#isClosing) return "Daybook is shutting down";
    if (this.#open.size >= connections) return "Daybook has no room for another session";
    const same = [...this.#open.values()].filter(({ peer }) => peer.address === address).length;
    return same >= perAddress ? "Daybook has no room for another session of this host" : undefined;
  }
}

function farewell(socket: net.Socket, reason: string): void {
  const timer = setTimeout(() => socket.destroy(), usualSudoTimes.farewell);
  socket.once("close", () => clearTimeout(timer));
  socket.on("error", () => socket.destroy());
  socket.resume();
  socket.end(writeServerMessage({ error: reason }));
}
