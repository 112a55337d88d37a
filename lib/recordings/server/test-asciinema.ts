import { once } from "node:events";
import { WebSocket } from "ws";
import { type AlisMessage, alisMagic, encodeAlis } from "@/lib/recordings/alis.ts";

/** A stream as asciinema 3 reads it from a server's answer: it wants these members, of these types. */
export type AnsweredStream = { id: number; url: string; ws_producer_url: string };

const userAgent = "asciinema/3.1.0 target/x86_64-unknown-linux-gnu";

/**
 * What asciinema 3 asks of a server, written from its protocol: uploads, streams, and their producer. Tests use it
 * where the program itself cannot be had.
 */
export class TestAsciinema {
  readonly #url: string;
  readonly #headers: { [name: string]: string };

  /** @param authorization of a source's token, in place of the install id */
  constructor(url: string, installId: string, authorization?: string) {
    this.#url = url;
    const basic = `Basic ${Buffer.from(`ann:${installId}`).toString("base64")}`;
    const accept = "application/json";
    this.#headers = { authorization: authorization ?? basic, accept, "user-agent": userAgent };
  }

  async upload(name: string, bytes: Uint8Array): Promise<{ status: number; body: Record<string, unknown> }> {
    const form = new FormData();
    form.append("file", new Blob([new Uint8Array(bytes)]), name);
    const init = { method: "POST", headers: this.#headers, body: form };
    const response = await fetch(`${this.#url}/api/v1/recordings`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  ask(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: { ...this.#headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** `asciinema stream --remote` before it connects. */
  async createStream(more: { [name: string]: unknown } = {}): Promise<AnsweredStream> {
    const said = { live: true, title: "on call", term_type: "xterm-256color", shell: "/bin/bash", env: {} };
    const response = await this.ask("POST", "/streams", { ...said, ...more });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return JSON.parse(text) as AnsweredStream;
  }

  /** What it does when the shell has ended. */
  async closeStream({ id }: AnsweredStream): Promise<Response> {
    return await this.ask("PATCH", `/streams/${id}`, { live: false });
  }
}

/** A producer of ALiS v1 that is connected. `closed` is how the server ended the connection. */
export class TestProducer {
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #socket: WebSocket;
  #id: number;

  private constructor(socket: WebSocket, lastId: number) {
    this.#socket = socket;
    this.#id = lastId;
    this.closed = new Promise((resolve) => {
      socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /**
   * Connects and sends the header, as asciinema does again after a lost connection.
   * @param init what is on the screen already and at which time
   */
  static async connect(
    url: string,
    init: Partial<Extract<AlisMessage, { type: "init" }>> = {},
  ): Promise<TestProducer> {
    // It says the terminal, the shell and some of the environment behind the address.
    const address = `${url}?${new URLSearchParams({ "term[type]": "xterm", shell: "/bin/bash" })}`;
    const socket = new WebSocket(address, ["v1.alis"], { headers: { "user-agent": userAgent } });
    const producer = new TestProducer(socket, init.lastId ?? 0);
    await once(socket, "open");
    socket.send(alisMagic);
    const usual = { lastId: 0, time: 0, columns: 80, rows: 24, theme: null, screen: "" };
    producer.#send({ ...usual, ...init, type: "init" });
    return producer;
  }

  /** @param time microseconds since the event before */
  output(text: string, time = 1000): void {
    this.#send({ type: "output", id: ++this.#id, time, text });
  }

  resize(columns: number, rows: number, time = 1000): void {
    this.#send({ type: "resize", id: ++this.#id, time, columns, rows });
  }

  /** The shell has ended. */
  async end(): Promise<void> {
    this.#socket.close(1000, "ended");
    await this.closed;
  }

  /** The connection breaks. */
  breakOff(): void {
    this.#socket.terminate();
  }

  #send(message: AlisMessage): void {
    this.#socket.send(encodeAlis(message));
  }
}
