import "server-only";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { v7 as uuidv7 } from "uuid";
import { pool } from "@/lib/db/client.ts";
import { env } from "@/lib/env.ts";
import { textFault } from "@/lib/http/body.ts";
import { isUuid } from "@/lib/http/id.ts";
import { badRequest, Problem } from "@/lib/http/problem.ts";
import { isInstant } from "@/lib/ingest/rows.ts";
import { isTimely } from "@/lib/ingest/server/prepare.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { refuseOnNode, type Wording } from "@/lib/user-events/server/refuse-node.ts";
import { recordingLimits } from "../limits.ts";
import { stagingFolder } from "./blobs.ts";
import { keepRecording } from "./keep.ts";
import { requireSender, type Sender } from "./sender.ts";
import { requireStore } from "./store-health.ts";
import { timelyText } from "./timely.ts";

/** Where the asciinema command line posts to: version 2, and version 3 and everybody else. */
export const uploadPaths = ["/api/asciicasts", "/api/v1/recordings"] as const;

/** Whether a request at or below one of {@link uploadPaths} is an upload; other requests are the API's. */
export function isUpload({ method, url = "" }: IncomingMessage): boolean {
  return method === "POST" && uploadPaths.some((path) => url === path || url.startsWith(`${path}?`));
}

type Facts = { requestId: string; address: string };

/** What a form may say beside its file. */
const fieldNames = ["title", "user", "target", "targetUser", "space", "startedAt", "connection"] as const;
type Fields = { [name in (typeof fieldNames)[number]]?: string };

const fieldLimit = 1024;
/** Parts of a form at most, and bytes of a text among them. */
const formLimits = { files: 1, fields: 20, parts: 21, fieldNameSize: 100, fieldSize: 4096, headerPairs: 50 };

/**
 * Takes a recording as a form: 201 with its page once its bytes are on disk. What it shows is worked out
 * afterwards. Sent again, it is the same recording.
 */
export async function handleUpload(
  request: IncomingMessage,
  response: ServerResponse,
  facts: Facts,
): Promise<void> {
  try {
    const sender = await requireSender(request.headers.authorization);
    await requireStore();
    const id = uuidv7();
    const folder = await stagingFolder(id);
    try {
      const { fields, file } = await readForm(request, path.join(folder, "original"));
      const kept = await keepRecording(sender.source, {
        id,
        folder,
        ...file,
        ...(await describe(sender, { ...fieldsOfQuery(request.url), ...fields })),
        poster: { ...facts, userAgent: request.headers["user-agent"] },
      });
      const url = `${env().NEXTAUTH_URL.replace(/\/$/, "")}/connections/${kept.connectionId}`;
      const message = kept.known ? "This recording was here already" : "The recording is here";
      const text = JSON.stringify({
        id: kept.id,
        connectionId: kept.connectionId,
        url,
        message: `${message}:\n\n    ${url}\n`,
      });
      response.writeHead(201, {
        "content-type": "application/json",
        location: url,
        "content-length": Buffer.byteLength(text),
      });
      response.end(text);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } catch (error) {
    await refuseOnNode(request, response, facts, error, "recording.upload", withMessage);
  }
}

type Received = { bytes: number; sha256: Buffer };

/** Reads the whole form; the file goes to disk as it comes. @throws Problem 400, 413 or 415 */
async function readForm(request: IncomingMessage, file: string): Promise<{ fields: Fields; file: Received }> {
  const type = request.headers["content-type"];
  if (type === undefined || !/^multipart\/form-data\s*;/i.test(type)) {
    throw new Problem(415, "Send the recording as multipart/form-data, its file in the field `file`.");
  }
  const fields: Fields = {};
  let received: Promise<Received> | undefined;
  const busboy = openForm(type);
  const refused = new AbortController();
  await new Promise<void>((resolve, reject) => {
    busboy.on("field", (name: string, value: string, _nameCut: boolean, cut: boolean) => {
      if (!(fieldNames as readonly string[]).includes(name)) return;
      const isLong = cut || value.length > fieldLimit;
      const fault = isLong ? `has more than ${fieldLimit} characters` : textFault(value);
      if (fault !== undefined) reject(badRequest([{ parameter: name, reason: fault }]));
      else if (value !== "") fields[name as keyof Fields] = value;
    });
    busboy.on("file", (name: string, stream: NodeJS.ReadableStream) => {
      if (received !== undefined || (name !== "file" && name !== "asciicast")) {
        stream.resume();
        return;
      }
      received = toDisk(stream, file, refused.signal);
      received.catch(reject);
    });
    for (const limit of ["partsLimit", "filesLimit", "fieldsLimit"] as const)
      busboy.on(limit, () => reject(badRequest([{ parameter: "file", reason: "must be the only file" }])));
    const cutOff = (cause: unknown): void =>
      reject(new Problem(400, "The form was cut off or is none; nothing of it was stored.", { cause }));
    busboy.once("error", cutOff);
    request.once("error", cutOff);
    request.once("close", () => request.complete || cutOff(new Error("The connection ended")));
    busboy.once("finish", resolve);
    // No pipeline: it would destroy the connection with the reason why, before that was said.
    request.pipe(busboy);
  }).catch((error: unknown) => {
    request.unpipe(busboy);
    refused.abort();
    throw error;
  });
  if (received === undefined) throw badRequest([{ parameter: "file", reason: "is missing" }]);
  return { fields, file: await received };
}

function openForm(type: string): BusboyInstance {
  try {
    return new Busboy({
      headers: { "content-type": type },
      limits: { ...formLimits, fileSize: recordingLimits.bytes + 1 },
    });
  } catch (error) {
    throw new Problem(400, "The form's Content-Type names no boundary.", { cause: error });
  }
}

async function toDisk(stream: NodeJS.ReadableStream, file: string, signal: AbortSignal): Promise<Received> {
  const hash = createHash("sha256");
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > recordingLimits.bytes) {
        done(new Problem(413, `The recording is larger than ${recordingLimits.bytes} bytes.`));
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(stream, counted, createWriteStream(file, { mode: 0o600, flags: "wx" }), { signal });
  if (bytes === 0) throw badRequest([{ parameter: "file", reason: "is empty" }]);
  return { bytes, sha256: hash.digest() };
}

/** The connection may stand in the address, for uploaders whose form is not theirs to choose. */
function fieldsOfQuery(url = "/"): Fields {
  const connection = new URL(url, "http://localhost").searchParams.get("connection");
  return connection === null ? {} : { connection };
}

/** Whose session it was: that of the connection it belongs to, a device's person and machine, or what the form says. */
async function describe(sender: Sender, fields: Fields) {
  const { title, startedAt } = fields;
  if (startedAt !== undefined && !isInstant(startedAt))
    throw badRequest([
      { parameter: "startedAt", reason: "must be a UTC time such as 2026-11-21T08:45:32.506784Z" },
    ]);
  if (startedAt !== undefined && !isTimely(startedAt, nowInstant()))
    throw badRequest([{ parameter: "startedAt", reason: `lies outside ${timelyText}` }]);
  if (fields.connection !== undefined)
    return { ...(await attached(sender, fields.connection, fields)), title, startedAt };
  const { person } = sender;
  const { targetUser, space } = fields;
  const user = person?.user ?? fields.user;
  const target = person?.target ?? fields.target;
  const missing = (["user", "target"] as const).filter((name) => ({ user, target })[name] === undefined);
  if (user === undefined || target === undefined)
    throw badRequest(missing.map((parameter) => ({ parameter, reason: "is missing" })));
  return { user, target, title, targetUser, space, startedAt, connectionId: undefined };
}

type Of = { user: string; target: string; targetUser: string | null; space: string | null };

/**
 * The connection that the form names: one of the sender's own, whose session it is then. Of Kubernetes the
 * audit log is one source and what records terminals another, so a source may name its connections too.
 * @throws Problem 400 when it is another's, or the form says somebody else
 */
async function attached({ source, person }: Sender, id: string, fields: Fields) {
  const wrong = (reason: string): Problem => badRequest([{ parameter: "connection", reason }]);
  if (!isUuid(id)) throw wrong("must be the id of a connection");
  const columns = `user_name AS "user", target, target_user AS "targetUser", space`;
  const found = await pool().query<Of>(
    `SELECT ${columns} FROM connections
     WHERE organization_id = $1 AND id = $3 AND (source_id = $2 OR ($4 AND kind = 'kubernetes'))
     UNION ALL SELECT ${columns} FROM recordings
     WHERE organization_id = $1 AND source_id = $2 AND connection_id = $3 LIMIT 1`,
    [source.organizationId, source.id, id, person === undefined],
  );
  const [row] = found.rows;
  if (!row || (person && person.user !== row.user)) throw wrong("is no connection of this source");
  if (fields.user !== undefined && fields.user !== row.user)
    throw badRequest([{ parameter: "user", reason: "is not who the connection is of" }]);
  return {
    user: row.user,
    target: row.target,
    targetUser: fields.targetUser ?? row.targetUser ?? undefined,
    space: fields.space ?? row.space ?? undefined,
    connectionId: id,
  };
}

/** The asciinema command line shows `message`. */
const withMessage: Wording = ({ status, body }) => ({ status, body: { ...body, message: body.detail } });
