import { createHash } from "node:crypto";
import http from "node:http";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { answerTask } from "../child.ts";

/** One export by the product, or one COPY by a plain client; the bytes are counted and thrown away. */
export type DownloadTask =
  | { kind: "product"; url: string; token: string; hash: boolean }
  | { kind: "copy"; databaseUrl: string; statement: string };

export type DownloadAnswer = {
  milliseconds: number;
  firstByte: number;
  bytes: number;
  /** Of the product only. */
  exportId?: string;
  sha256?: string;
};

answerTask(
  async (task: DownloadTask): Promise<DownloadAnswer> =>
    task.kind === "product" ? download(task) : copy(task),
);

function counter(started: number, onChunk: (chunk: Buffer) => void = () => undefined) {
  const count = { bytes: 0, firstByte: 0 };
  const sink = new Writable({
    highWaterMark: 1024 * 1024,
    write(chunk: Buffer, _encoding, done) {
      if (count.bytes === 0) count.firstByte = performance.now() - started;
      count.bytes += chunk.length;
      onChunk(chunk);
      done();
    },
  });
  return { count, sink };
}

async function download({
  url,
  token,
  hash,
}: Extract<DownloadTask, { kind: "product" }>): Promise<DownloadAnswer> {
  const started = performance.now();
  const digest = createHash("sha256");
  const { count, sink } = counter(started, hash ? (chunk) => digest.update(chunk) : undefined);
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.get(url, { headers: { authorization: `Bearer ${token}` } }, resolve).on("error", reject);
  });
  if (response.statusCode !== 200) throw new Error(`the export was answered with ${response.statusCode}`);
  await pipeline(response, sink);
  return {
    milliseconds: performance.now() - started,
    ...count,
    exportId: String(response.headers["x-export-id"]),
    ...(hash && { sha256: digest.digest("hex") }),
  };
}

async function copy({
  databaseUrl,
  statement,
}: Extract<DownloadTask, { kind: "copy" }>): Promise<DownloadAnswer> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const started = performance.now();
  const { count, sink } = counter(started);
  await pipeline(client.query(copyTo(statement)), sink);
  const milliseconds = performance.now() - started;
  await client.end();
  return { milliseconds, ...count };
}
