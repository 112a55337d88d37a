import "server-only";
import type { ClientBase } from "pg";
import type { PreparedRecord } from "./prepare.ts";
import { knownHashes, lockSource, type Verdict, verdictOf } from "./receipts.ts";
import { Slices } from "./turns.ts";

/** Receipts that one statement looks up or writes: what turns values into a statement runs in one go. */
const atOnce = 2000;

/**
 * The receipts of a large post: read first and written later. A transaction holds live rows back from its first
 * write on, so all that can be done without writing is done before {@link write}, under the source's lock.
 */
export class ReceiptsAhead {
  readonly #client: ClientBase;
  readonly #sourceId: string;
  readonly #receivedAt: string;
  readonly #fresh = new Map<string, Buffer>();

  constructor(client: ClientBase, sourceId: string, receivedAt: string) {
    this.#client = client;
    this.#sourceId = sourceId;
    this.#receivedAt = receivedAt;
  }

  /** As `judgeRecords`: locks the source, and says what is new. */
  async judge(records: readonly PreparedRecord[]): Promise<Verdict[]> {
    await lockSource(this.#client, this.#sourceId);
    const slices = new Slices();
    const first = new Map<string, PreparedRecord>();
    await slices.each(records, (record) => {
      if (!first.has(record.id)) first.set(record.id, record);
    });
    const known = await this.#known([...first.keys()]);
    const fresh = new Set<string>();
    await slices.each(first, ([id, { hash }]) => {
      if (known.has(id)) return;
      fresh.add(id);
      this.#fresh.set(id, hash);
    });
    const verdicts: Verdict[] = [];
    await slices.each(records, (record) => {
      verdicts.push(verdictOf(record, first, fresh, known));
    });
    return verdicts;
  }

  /** @returns the names that no receipt has yet; theirs will be written */
  async claim(names: ReadonlyMap<string, Buffer>): Promise<Set<string>> {
    const known = await this.#known([...names.keys()]);
    const fresh = new Set<string>();
    for (const [name, hash] of names) {
      if (known.has(name)) continue;
      fresh.add(name);
      this.#fresh.set(name, hash);
    }
    return fresh;
  }

  /** The first write of the transaction. */
  async write(): Promise<void> {
    const fresh = [...this.#fresh];
    for (let start = 0; start < fresh.length; start += atOnce) {
      const some = fresh.slice(start, start + atOnce);
      await this.#client.query({
        name: "write receipts",
        text: `INSERT INTO record_receipts (source_id, record_id, content_hash, received_at)
          SELECT $1::uuid, id, hash, $4::timestamptz FROM unnest($2::text[], $3::bytea[]) AS r (id, hash)`,
        values: [this.#sourceId, some.map(([id]) => id), some.map(([, hash]) => hash), this.#receivedAt],
      });
    }
  }

  async #known(ids: readonly string[]): Promise<Map<string, Buffer>> {
    const known = new Map<string, Buffer>();
    for (let start = 0; start < ids.length; start += atOnce) {
      const some = ids.slice(start, start + atOnce);
      for (const [id, hash] of await knownHashes(this.#client, this.#sourceId, some)) known.set(id, hash);
    }
    return known;
  }
}
