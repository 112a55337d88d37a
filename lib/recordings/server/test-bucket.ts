import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import S3rver from "s3rver";

/** A request on its way to the store, and what a test does to it: nothing, or one of these. */
export type Mischief = "refuse" | "break" | "corrupt" | "stall" | undefined;

export type TestBucket = {
  /** The variables that name the bucket. */
  environment: { [name: string]: string };
  /** Decides about each request that follows. */
  disturb: (mischief: (method: string, url: string) => Mischief) => void;
  /** Method and path of each request since the last look. */
  requests: () => { method: string; url: string; sha256: string | undefined }[];
  /** Keys of the objects that are there now and hold a text. */
  keys: (text: string) => Promise<string[]>;
  close: () => Promise<void>;
};

/** A real S3 server with one bucket, and before it a way on which requests can be broken. */
export async function testBucket(): Promise<TestBucket> {
  const directory = mkdtempSync(path.join(tmpdir(), "daybook-s3-"));
  const bucket = "recordings-of-tests";
  const store = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: bucket }],
  });
  const { port } = await store.run();
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
  });
  let mischief: (method: string, url: string) => Mischief = () => undefined;
  let seen: { method: string; url: string; sha256: string | undefined }[] = [];
  const way = http.createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    const sha256 = headers["x-amz-content-sha256"];
    seen.push({ method, url, sha256: typeof sha256 === "string" ? sha256 : undefined });
    const what = mischief(method, url);
    if (what === "stall") return;
    if (what === "refuse") {
      request.resume();
      response.writeHead(503, { "content-type": "application/xml" });
      response.end("<Error><Code>SlowDown</Code><Message>Later</Message></Error>");
      return;
    }
    // The test's server does not know how to take an upload back.
    if (method === "DELETE" && url.includes("uploadId=")) {
      response.writeHead(204).end();
      return;
    }
    const onwards = http.request({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      if (what === undefined) answer.pipe(response);
      else if (what === "break") answer.once("data", () => response.destroy());
      else
        answer
          .on("data", (chunk: Buffer) => response.write(chunk.map((byte) => byte ^ 1)))
          .on("end", () => response.end());
    });
    onwards.on("error", () => response.destroy());
    request.pipe(onwards);
  });
  await new Promise<void>((resolve) => way.listen(0, "127.0.0.1", resolve));
  return {
    environment: {
      RECORDINGS_S3_BUCKET: bucket,
      RECORDINGS_S3_ENDPOINT: `http://127.0.0.1:${(way.address() as AddressInfo).port}`,
      RECORDINGS_S3_ACCESS_KEY_ID: "S3RVER",
      RECORDINGS_S3_SECRET_ACCESS_KEY: "S3RVER",
    },
    disturb: (next) => {
      mischief = next;
    },
    requests: () => {
      const all = seen;
      seen = [];
      return all;
    },
    keys: async (text) => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.flatMap(({ Key }) => (Key?.includes(text) ? [Key] : []));
    },
    close: async () => {
      way.closeAllConnections();
      way.close();
      client.destroy();
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
