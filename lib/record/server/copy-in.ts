import "server-only";
import type { ClientBase, Connection, Submittable } from "pg";

/**
 * Runs a `COPY … FROM STDIN` and sends its data along without waiting to be asked for it: one round trip. The
 * server drops what follows a COPY that it refuses.
 * @param sql may hold further statements, which run behind the COPY; without a transaction around it the
 * whole of it is one
 * @throws the database's error
 */
export function copyIn(client: ClientBase, sql: string, data: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyIn(sql, data, (error) => (error ? reject(error) : resolve())));
  });
}

const copyDone = Buffer.from("6300000004", "hex");

/** What node-pg asks of a query, and calls as the answers to it come in. */
class CopyIn implements Submittable {
  readonly #sql: string;
  readonly #data: Buffer;
  readonly #done: (error?: Error) => void;

  constructor(sql: string, data: Buffer, done: (error?: Error) => void) {
    this.#sql = sql;
    this.#data = data;
    this.#done = done;
  }

  submit(connection: Connection): void {
    const { stream } = connection;
    const head = Buffer.allocUnsafe(5);
    head.write("d", "latin1");
    head.writeInt32BE(this.#data.length + 4, 1);
    stream.cork();
    connection.query(this.#sql);
    stream.write(head);
    stream.write(this.#data);
    stream.write(copyDone);
    stream.uncork();
  }

  /** The answer to the whole: the next query is sent after it. */
  handleReadyForQuery(): void {
    this.#done();
  }

  handleError(error: Error): void {
    this.#done(error);
  }

  handleCopyInResponse(): void {}
  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
}
