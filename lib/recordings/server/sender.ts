import "server-only";
import type { IncomingHttpHeaders } from "node:http";
import { looksLikeToken, tokenHash } from "@/lib/auth/server/tokens.ts";
import { Problem } from "@/lib/http/problem.ts";
import type { IngestSource } from "@/lib/ingest/server/prepare.ts";
import { findSource, readSourceById } from "@/lib/ingest/server/sources.ts";
import { type Device, findDevice } from "./devices.ts";

/** Who sends recordings or streams: a source by its token, or a person's machine by its install id. */
export type Sender = {
  source: IngestSource;
  person?: { user: string; target: string; device: Device };
  /** Names what was shown, without being it. */
  credential: string;
};

/**
 * The sender of recordings that a request's `Authorization` names.
 * @throws Problem 401, or 403 for the token of a source of another kind
 */
export async function requireSender(authorization?: string): Promise<Sender> {
  const sender = await senderOf(authorization, "a source of kind recordings");
  const { name } = sender.source.kind;
  if (name !== "recordings")
    throw new Problem(403, `This token belongs to a source of kind ${name}, not recordings.`);
  return sender;
}

/** A sender of any kind; its token may stand in `x-access-token` too. @throws Problem 401 */
export async function requireAnySender(headers: IncomingHttpHeaders): Promise<Sender> {
  const token = headers["x-access-token"];
  const authorization = headers.authorization ?? (typeof token === "string" ? `Bearer ${token}` : undefined);
  return await senderOf(authorization, "a source");
}

async function senderOf(authorization = "", wanted: string): Promise<Sender> {
  const [, scheme = "", secret = ""] = /^(Bearer|Basic) +(\S+) *$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() === "bearer" && looksLikeToken(secret, "dbs_")) {
    const source = await findSource(secret);
    if (source) return { source, credential: `source ${tokenHash(secret).toString("hex")}` };
  }
  if (scheme.toLowerCase() === "basic") {
    const [, installId = ""] = /^[^:]*:(.*)$/s.exec(Buffer.from(secret, "base64").toString("utf8")) ?? [];
    const device = await findDevice(installId);
    const source = device && (await readSourceById(device.organizationId, device.sourceId));
    if (device && source) {
      const person = { user: device.email, target: device.name, device };
      return { source, person, credential: `device ${device.id}` };
    }
    throw new Problem(
      401,
      "Nobody has claimed this install id: run `asciinema auth` and open the address that it prints.",
      {
        headers: { "www-authenticate": 'Basic realm="Daybook recordings"' },
      },
    );
  }
  throw new Problem(401, `Send the token of ${wanted} as Authorization: Bearer.`, {
    headers: { "www-authenticate": 'Bearer realm="Daybook recordings"' },
  });
}
