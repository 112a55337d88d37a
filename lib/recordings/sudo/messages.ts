import protobuf from "protobufjs";
import { z } from "zod";
import { frameOf } from "@/lib/recordings/sudo/frames.ts";
import { SudoProtocolError } from "@/lib/recordings/sudo/protocol-error.ts";

const ioBuffer = { type: "IoBuffer" };

/**
 * The messages of sudo's log protocol with their numbers, as lib/logsrv/log_server.proto of sudo 1.9 has them.
 * Two envelopes, one for each direction, hold one message each.
 */
export const sudoProtocol = protobuf.Root.fromJSON({
  nested: {
    ClientMessage: {
      oneofs: {
        type: {
          oneof: [
            ...["acceptMsg", "rejectMsg", "exitMsg", "restartMsg", "alertMsg"],
            ...["ttyinBuf", "ttyoutBuf", "stdinBuf", "stdoutBuf", "stderrBuf"],
            ...["winsizeEvent", "suspendEvent", "helloMsg"],
          ],
        },
      },
      fields: {
        acceptMsg: { id: 1, type: "AcceptMessage" },
        rejectMsg: { id: 2, type: "RejectMessage" },
        exitMsg: { id: 3, type: "ExitMessage" },
        restartMsg: { id: 4, type: "RestartMessage" },
        alertMsg: { id: 5, type: "AlertMessage" },
        ttyinBuf: { id: 6, ...ioBuffer },
        ttyoutBuf: { id: 7, ...ioBuffer },
        stdinBuf: { id: 8, ...ioBuffer },
        stdoutBuf: { id: 9, ...ioBuffer },
        stderrBuf: { id: 10, ...ioBuffer },
        winsizeEvent: { id: 11, type: "ChangeWindowSize" },
        suspendEvent: { id: 12, type: "CommandSuspend" },
        helloMsg: { id: 13, type: "ClientHello" },
      },
    },
    TimeSpec: { fields: { tvSec: { id: 1, type: "int64" }, tvNsec: { id: 2, type: "int32" } } },
    IoBuffer: { fields: { delay: { id: 1, type: "TimeSpec" }, data: { id: 2, type: "bytes" } } },
    InfoMessage: {
      oneofs: { value: { oneof: ["numval", "strval", "strlistval", "numlistval"] } },
      fields: {
        key: { id: 1, type: "string" },
        numval: { id: 2, type: "int64" },
        strval: { id: 3, type: "string" },
        strlistval: { id: 4, type: "StringList" },
        numlistval: { id: 5, type: "NumberList" },
      },
      nested: {
        StringList: { fields: { strings: { id: 1, rule: "repeated", type: "string" } } },
        NumberList: { fields: { numbers: { id: 1, rule: "repeated", type: "int64" } } },
      },
    },
    AcceptMessage: {
      fields: {
        submitTime: { id: 1, type: "TimeSpec" },
        infoMsgs: { id: 2, rule: "repeated", type: "InfoMessage" },
        expectIobufs: { id: 3, type: "bool" },
      },
    },
    RejectMessage: {
      fields: {
        submitTime: { id: 1, type: "TimeSpec" },
        reason: { id: 2, type: "string" },
        infoMsgs: { id: 3, rule: "repeated", type: "InfoMessage" },
      },
    },
    AlertMessage: {
      fields: {
        alertTime: { id: 1, type: "TimeSpec" },
        reason: { id: 2, type: "string" },
        infoMsgs: { id: 3, rule: "repeated", type: "InfoMessage" },
      },
    },
    ExitMessage: {
      fields: {
        runTime: { id: 1, type: "TimeSpec" },
        exitValue: { id: 2, type: "int32" },
        dumpedCore: { id: 3, type: "bool" },
        signal: { id: 4, type: "string" },
        error: { id: 5, type: "string" },
      },
    },
    RestartMessage: {
      fields: { logId: { id: 1, type: "string" }, resumePoint: { id: 2, type: "TimeSpec" } },
    },
    ChangeWindowSize: {
      fields: {
        delay: { id: 1, type: "TimeSpec" },
        rows: { id: 2, type: "int32" },
        cols: { id: 3, type: "int32" },
      },
    },
    CommandSuspend: { fields: { delay: { id: 1, type: "TimeSpec" }, signal: { id: 2, type: "string" } } },
    ClientHello: { fields: { clientId: { id: 1, type: "string" } } },
    ServerMessage: {
      oneofs: { type: { oneof: ["hello", "commitPoint", "logId", "error", "abort"] } },
      fields: {
        hello: { id: 1, type: "ServerHello" },
        commitPoint: { id: 2, type: "TimeSpec" },
        logId: { id: 3, type: "string" },
        error: { id: 4, type: "string" },
        abort: { id: 5, type: "string" },
      },
    },
    ServerHello: {
      fields: {
        serverId: { id: 1, type: "string" },
        redirect: { id: 2, type: "string" },
        servers: { id: 3, rule: "repeated", type: "string" },
        subcommands: { id: 4, type: "bool" },
      },
    },
  },
});
const clientMessage = sudoProtocol.lookupType("ClientMessage");
const serverMessage = sudoProtocol.lookupType("ServerMessage");

const TEN_YEARS = 315_360_000;
/** Ten years before the last of four digits: what is added to a time can still be written. */
const LAST_SECOND = 253_402_300_799 - TEN_YEARS;
const MOST_INFO = 1000;

const text = z.string().refine((value) => !value.includes("\0"), "holds a NUL character");
const tvNsec = z.int().min(0).max(999_999_999);
const time = z.object({ tvSec: z.int().min(0).max(LAST_SECOND), tvNsec });
const duration = z.object({ tvSec: z.int().min(0).max(TEN_YEARS), tvNsec });
const info = z
  .array(
    z.object({
      key: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, "is no key"),
      numval: z.int().optional(),
      strval: text.optional(),
      strlistval: z.object({ strings: z.array(text) }).optional(),
      numlistval: z.object({ numbers: z.array(z.int()) }).optional(),
    }),
  )
  .max(MOST_INFO);
const buffer = z.object({ delay: duration, data: z.instanceof(Uint8Array) });
const reason = text.max(4096);

const bodies = {
  acceptMsg: z.object({ submitTime: time, infoMsgs: info, expectIobufs: z.boolean() }),
  rejectMsg: z.object({ submitTime: time, reason, infoMsgs: info }),
  exitMsg: z.object({
    runTime: duration.nullable(),
    exitValue: z.int(),
    dumpedCore: z.boolean(),
    signal: text.max(32),
    error: reason,
  }),
  restartMsg: z.object({ logId: text.min(1).max(256), resumePoint: duration }),
  alertMsg: z.object({ alertTime: time, reason, infoMsgs: info }),
  ttyinBuf: buffer,
  ttyoutBuf: buffer,
  stdinBuf: buffer,
  stdoutBuf: buffer,
  stderrBuf: buffer,
  winsizeEvent: z.object({ delay: duration, rows: z.int(), cols: z.int() }),
  suspendEvent: z.object({ delay: duration, signal: text.max(32) }),
  helloMsg: z.object({ clientId: text.max(1024) }),
} as const;
type Bodies = { [type in keyof typeof bodies]: z.output<(typeof bodies)[type]> };

/** What a client says: the name of the message and its body. */
export type ClientMessage = { [type in keyof Bodies]: { type: type; body: Bodies[type] } }[keyof Bodies];
export type TimeSpec = z.output<typeof time>;
export type InfoMessage = z.output<typeof info>[number];

/** What the server says. A commit point is the time up to which the client need not keep anything. */
export type ServerMessage =
  | { hello: { serverId: string; subcommands: boolean } }
  | { commitPoint: TimeSpec }
  | { logId: string }
  | { error: string }
  | { abort: string };

/** @throws {SudoProtocolError} that names the message, the field and the reason */
export function readClientMessage(frame: Uint8Array): ClientMessage {
  const found = decode(frame);
  const type = found["type"];
  if (typeof type !== "string" || !isType(type)) throw new SudoProtocolError("a message of no known type");
  const parsed = bodies[type].safeParse(found[type]);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new SudoProtocolError(
      `${[type, ...(issue?.path ?? [])].join(".")}: ${issue?.message ?? "is wrong"}`,
    );
  }
  // The body was checked by the schema of this very type.
  return { type, body: parsed.data } as ClientMessage;
}

/** A message of the server as it goes over the wire, its length in front. */
export function writeServerMessage(message: ServerMessage): Buffer {
  return frameOf(serverMessage.encode(message).finish());
}

function decode(frame: Uint8Array): Record<string, unknown> {
  try {
    const message = clientMessage.decode(frame);
    return clientMessage.toObject(message, { longs: Number, defaults: true, oneofs: true });
  } catch (error) {
    throw new SudoProtocolError(
      `a message cannot be decoded: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function isType(name: string): name is keyof typeof bodies {
  return Object.hasOwn(bodies, name);
}
