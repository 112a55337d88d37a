import type { RowDraft } from "./rows.ts";

/** One record cut out of a body: its exact bytes, after secrets were masked. */
export type ForeignRecord = {
  /** The source's own id, unique within the source; undefined when the format has none. */
  id: string | undefined;
  raw: Uint8Array;
  /**
   * The bytes by which a record that comes again is known, where not all of `raw` counts: two ways of sending
   * may wrap one record differently. `raw` when absent.
   */
  identity?: Uint8Array;
  /** What `map` needs, already parsed. */
  value: unknown;
};

/** Why a part of a body, or a record, cannot be understood. Goes into quarantine with its bytes. */
export type Rejected = { rejected: string; raw: Uint8Array; id?: string | undefined };

/** Rows of one record; `skipped` says why a record that was understood makes no row. */
export type Mapped = { rows: RowDraft[] } | { skipped: string } | { rejected: string };

export type MapContext = {
  /** The name of the source, used as target or cluster where the record does not name one. */
  sourceName: string;
  /** Time of receipt, as in `2026-11-21T08:45:32.506784Z`: RFC 3164 has no year. */
  receivedAt: string;
  /** The source's settings as the kind's `settings` describe them; absent ones take their default. */
  settings: Readonly<Record<string, string>>;
  /** Masks a secret: same secret, same organization, same digest. */
  mask: (secret: Uint8Array | string) => string;
};

/** The body as a whole is not what the kind expects (not JSON, truncated): nothing is stored, 400. */
export class BadBody extends Error {
  override name = "BadBody";
}

export type IngestKind = {
  /** Slug in the URL: `POST /api/v1/ingest/{name}`. */
  name: string;
  title: string;
  /** One sentence for Settings → Sources. */
  description: string;
  /** Media types of the body; others are refused with 415. */
  mediaTypes: readonly string[];
  /** Whether records carry ids; without, `Idempotency-Key` plus the line's number is the id. */
  hasIds: "always" | "sometimes" | "never";
  /**
   * `unique`: a connection reference names one connection for ever (a uuid).
   * `reused`: it may come back (address and port), so an `open` event begins a new connection.
   */
  connectionRefs: "unique" | "reused";
  /** A post with a record that cannot be stored is refused as a whole, and nothing of it quarantined. */
  wholeOnly?: true;
  /**
   * Cuts a whole body into records and masks secrets in their bytes, one after the other as they are asked for,
   * so that a large body need not be cut in one go. Pure. Throws {@link BadBody}, on the way too: no record of
   * a body may be stored before the last was given.
   */
  split: (body: Uint8Array, context: MapContext) => Iterable<ForeignRecord | Rejected>;
  /**
   * The same for a format of which much has to be read before its first record is known: gives undefined on the way,
   * where others may have their turn. Used in place of `split` for posts.
   */
  splitInTurns?: (body: Uint8Array, context: MapContext) => Iterable<ForeignRecord | Rejected | undefined>;
  /** Maps one record onto rows. Pure: same record and context, same rows. */
  map: (record: ForeignRecord, context: MapContext) => Mapped;
  /** What a source of this kind may be told besides its name; each is a text in `MapContext.settings`. */
  settings?: readonly {
    name: string;
    title: string;
    description: string;
    /** What is wrong with a value that was given; undefined when nothing is. */
    fault?: (value: string) => string | undefined;
  }[];
  /** Lines to paste, with `{url}` and `{token}` to be filled in. */
  instructions: readonly { title: string; text: string; language: "sh" | "yaml" | "json" | "text" }[];
};
