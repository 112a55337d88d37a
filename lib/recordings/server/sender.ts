import "server-only";
import { looksLikeToken } from "@/lib/auth/server/tokens.ts";
import { Problem } from "@/lib/http/problem.ts";
import type { IngestSource } from "@/lib/ingest/server/prepare.ts";
import { findSource, readSourceById } from "@/lib/ingest/server/sources.ts";
import { type Device, findDevice } from "./devices.ts";

/** Who sends recordings or streams: a source by its token, or a person's machine by its install id. */
export type Sender = {
  source: IngestSource;
  person?: { user: string; target: string; device: Device };
};

/**
 * The sender that a request's `Authorization` names.
 * @throws Problem 401, or 403 for the token of a source of another kind
 */
export async function requireSender(authorization = ""): Promise<Sender> {
  const [, scheme = "", secret = ""] = /^(Bearer|Basic) +(\S+) *$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() === "bearer" && looksLikeToken(secret, "dbs_")) {
    const source = await findSource(secret);
    if (source && source.kind.name !== "recordings") {
      throw new Problem(403, `This token belongs to a source of kind ${source.kind.name}, not recordings.`);
    }
    if (source) return { source };
  }
  if (scheme.toLowerCase() === "basic") {
    const [, installId = ""] = /^[^:]*:(.*)$/s.exec(Buffer.from(secret, "base64").toString("utf8")) ?? [];
    const device = await findDevice(installId);
    const source = device && (await readSourceById(device.organizationId, device.sourceId));
    if (device && source) return { source, person: { user: device.email, target: device.name, device } };
    throw new Problem(
      401,
      "Nobody has claimed this install id: run `asciinema auth` and open the address that it prints.",
      {
        headers: { "www-authenticate": 'Basic realm="Daybook recordings"' },
      },
    );
  }
  throw new Problem(401, "Send the token of a source of kind recordings as Authorization: Bearer.", {
    headers: { "www-authenticate": 'Bearer realm="Daybook recordings"' },
  });
}
