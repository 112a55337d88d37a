import { once } from "node:events";
import type { Socket } from "node:net";
import { FrameReader } from "@/lib/recordings/sudo/frames.ts";
import type { ServerMessage } from "@/lib/recordings/sudo/messages.ts";
import { clientFrame, readServerMessage } from "@/lib/recordings/sudo/test-client.ts";

/** Speaks sudo's log protocol over a socket, right or wrong. */
export class SudoTestClient {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  readonly #answers: ServerMessage[] = [];
  #changed: () => void = () => undefined;
  #isClosed = false;

  constructor(socket: Socket) {
    const frames = new FrameReader();
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      for (const frame of frames.push(chunk)) this.#answers.push(readServerMessage(frame));
      this.#changed();
    });
    this.closed = once(socket, "close").then(() => {
      this.#isClosed = true;
      this.#changed();
    });
  }

  send(...messages: Record<string, unknown>[]): void {
    this.socket.write(Buffer.concat(messages.map(clientFrame)));
  }

  /** The next answer; undefined when the server has closed. */
  async next(): Promise<ServerMessage | undefined> {
    while (this.#answers.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    return this.#answers.shift();
  }

  async until<K extends string>(name: K): Promise<Extract<ServerMessage, Record<K, unknown>>> {
    for (;;) {
      const message = await this.next();
      if (message === undefined) throw new Error(`closed before ${name}`);
      if (name in message) return message as Extract<ServerMessage, Record<K, unknown>>;
    }
  }
}
