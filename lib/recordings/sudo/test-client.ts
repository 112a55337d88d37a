import { readFileSync } from "node:fs";
import { frameOf } from "@/lib/recordings/sudo/frames.ts";
import { type ServerMessage, sudoProtocol } from "@/lib/recordings/sudo/messages.ts";

const clientMessage = sudoProtocol.lookupType("ClientMessage");
const serverMessage = sudoProtocol.lookupType("ServerMessage");
const samples = new URL("../../../samples/sudo/logsrv-wire/", import.meta.url);

/** What sudo itself sent on three connections, and what a log server answered. */
export type TraceLine = { id: number; dir: "c>s" | "s>c" | "end"; m?: Record<string, unknown> };

export function readTrace(): TraceLine[] {
  return readFileSync(new URL("trace.ndjson", samples), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** The bytes of the first connection as they came. */
export function readWire(): Buffer {
  return readFileSync(new URL("client-1.bin", samples));
}

/** A client's message, without its length. */
export function clientBody(message: Record<string, unknown>): Uint8Array {
  return clientMessage.encode(clientMessage.fromObject(message)).finish();
}

/** A client's message as it goes over the wire. */
export function clientFrame(message: Record<string, unknown>): Buffer {
  return frameOf(clientBody(message));
}

export function readServerMessage(frame: Uint8Array): ServerMessage {
  return serverMessage.toObject(serverMessage.decode(frame), { longs: Number }) as ServerMessage;
}

/** The facts that every command of sudo has, and others. */
export function infoMsgs(others: Record<string, string | number | string[]> = {}): Record<string, unknown>[] {
  const info = {
    command: "/bin/sh",
    runuser: "root",
    submithost: "web-1",
    submituser: "ann",
    runargv: ["sh"],
    submitcwd: "/home/ann",
    ...others,
  };
  return Object.entries(info).map(([key, value]) => {
    if (typeof value === "number") return { key, numval: value };
    return typeof value === "string" ? { key, strval: value } : { key, strlistval: { strings: value } };
  });
}

export const submitTime = { tvSec: 1_795_250_780, tvNsec: 108_390_969 };

export function acceptMsg(others: Record<string, string | number | string[]> = {}, expectIobufs = true) {
  return { acceptMsg: { submitTime, infoMsgs: infoMsgs(others), expectIobufs } };
}
