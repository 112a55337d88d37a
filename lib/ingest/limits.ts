/** Every bound of ingestion, in one place; README and Settings → Sources print them. */
export const ingestLimits = {
  /** Bytes of a body as sent. */
  body: 64 * 1024 * 1024,
  /** Bytes of a body once gunzipped. */
  inflated: 128 * 1024 * 1024,
  /** Inflated bytes for one byte sent, from the first mebibyte on: gzip's own limit is about 1030. */
  ratio: 200,
  /** Bytes of one record. */
  record: 4 * 1024 * 1024,
  /** Bytes of one entry of a HAR file, the contents of answers included, which are not kept. */
  harEntry: 16 * 1024 * 1024,
  /** Levels of objects and arrays in one record: what reads it afterwards may recurse. */
  nesting: 64,
  /** The first year whose records are taken. */
  earliestYear: 1990,
  /** Days that the time of a record may lie ahead of Daybook's clock. */
  futureDays: 366,
  /** Records in one body: more than there are events of an API server in 32 MiB. */
  records: 100_000,
  /** Characters of an Idempotency-Key. */
  idempotencyKey: 255,
  /** Bytes of all posts together, from the first byte to the answer; beyond it posts are told to come back. */
  held: 320 * 1024 * 1024,
  /** What a record counts for in `held` besides its bytes: the rows that it becomes. */
  heldPerRecord: 1024,
  /** Seconds a refused post is asked to wait. */
  retryAfter: 2,
} as const;
