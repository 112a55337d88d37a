import { createHash } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Env } from "@/lib/env.ts";
import { log } from "@/lib/log.ts";
import { recordingPrefix } from "./blob-key.ts";
import { type BlobStore, missingBlob, StoreUnavailable } from "./blob-store.ts";
import { ContentFault } from "./content-fault.ts";
import { fileFacts } from "./file-facts.ts";

/** Bytes of one request, up and down: what a transfer keeps in memory. */
const pieceBytes = 8 * 1024 * 1024;
/** A connection must stand, and a request with its answer be over, within this time; a failed one is repeated. */
const times = { connectionTimeout: 3000, requestTimeout: 60_000, throwOnRequestTimeout: true } as const;
const attempts = 3;
/** An upload that is older at the start of the server was cut off: none of one recording takes so long. */
const abandonedMs = 6 * 3_600_000;
const deletesAtOnce = 8;

type Place = { client: S3Client; bucket: string };

/**
 * Blobs as objects of a bucket. An object has the SHA-256 of its bytes beside it; each request up is signed with the
 * SHA-256 of its body, so that the store refuses what was changed on the way.
 */
export function bucketStore(settings: Env): BlobStore {
  const { RECORDINGS_S3_BUCKET: bucket, RECORDINGS_S3_PREFIX: prefix } = settings;
  if (bucket === undefined) throw new Error("RECORDINGS_S3_BUCKET is not set");
  const place: Place = { client: clientOf(settings), bucket };
  return {
    put: async (key, file) => {
      await reported("write", () => upload(place, prefix + key, file));
      await rm(file);
    },
    read: (key) =>
      reported("read", async () => Buffer.concat(await (await streamOf(place, prefix + key)).toArray())),
    stream: (key) => streamOf(place, prefix + key),
    removeRecording: (organizationId, recordingId) =>
      reported("delete", () => removeBelow(place, prefix + recordingPrefix(organizationId, recordingId))),
    sweep: () => reported("sweep", () => abortAbandoned(place, prefix)),
    check: () =>
      reported("check", async () => {
        await place.client.send(new HeadBucketCommand({ Bucket: bucket }));
      }),
  };
}

function clientOf(settings: Env): S3Client {
  const { RECORDINGS_S3_ENDPOINT: endpoint, RECORDINGS_S3_REGION: region } = settings;
  const { RECORDINGS_S3_ACCESS_KEY_ID: accessKeyId, RECORDINGS_S3_SECRET_ACCESS_KEY: secretAccessKey } =
    settings;
  const pathStyle = settings.RECORDINGS_S3_PATH_STYLE;
  return new S3Client({
    region,
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: pathStyle === undefined ? endpoint !== undefined : pathStyle === "true",
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
    maxAttempts: attempts,
    requestHandler: times,
    // Stores that are not Amazon's know no checksums in trailers; bodies are signed, and objects checked by us.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}

/** Runs `work`; what the store or the way to it refuses becomes {@link StoreUnavailable}, with the cause in the log. */
async function reported<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isStoreFault(error)) throw error;
    const fault = describe(error);
    log().error({ operation: what, fault }, "the bucket of the recordings cannot be used");
    throw new StoreUnavailable(new Error(fault));
  }
}

/** The client's errors carry the whole request, its signature included: no log is the place for that. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join("; ");
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function isStoreFault(error: unknown): boolean {
  if (error instanceof S3ServiceException) return true;
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : error.name;
  return /^(?:E(?:CONN|HOST|NET|PIPE|AI_|TIMEDOUT)\w*|ENOTFOUND|TimeoutError|CredentialsProviderError|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|ERR_TLS_\w+|EPROTO)$/.test(
    code,
  );
}

async function upload(place: Place, key: string, file: string): Promise<void> {
  const Metadata = { sha256: (await fileFacts(file)).sha256.toString("hex") };
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const { client, bucket: Bucket } = place;
    if (size <= pieceBytes) {
      const Body = await piece(handle, 0, size);
      await client.send(new PutObjectCommand({ Bucket, Key: key, Body, Metadata }));
    } else {
      await uploadParts(place, key, handle, size, Metadata);
    }
  } finally {
    await handle.close();
  }
}

async function uploadParts(
  { client, bucket: Bucket }: Place,
  Key: string,
  handle: FileHandle,
  size: number,
  Metadata: { sha256: string },
): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, Metadata }));
  try {
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (let at = 0; at < size; at += pieceBytes) {
      const PartNumber = Parts.length + 1;
      const Body = await piece(handle, at, Math.min(pieceBytes, size - at));
      const part = { Bucket, Key, UploadId, PartNumber, Body };
      const { ETag } = await client.send(new UploadPartCommand(part));
      Parts.push({ PartNumber, ETag });
    }
    await client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
    );
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch((second: unknown) => {
      log().warn(
        { fault: describe(second), key: Key },
        "parts of an upload stay in the bucket until the next start",
      );
    });
    throw error;
  }
}

async function piece(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw new Error("A file changed while it was stored");
  return buffer;
}

async function streamOf(place: Place, key: string): Promise<Readable> {
  const pieces = piecesOf(place, key);
  // The first one now: what is not there, and a store that is away, are answers and no broken stream.
  let next = await reported("read", () => pieces.next());
  return Readable.from(
    (async function* () {
      for (; !next.done; next = await reported("read", () => pieces.next())) yield next.value;
    })(),
    { objectMode: false },
  );
}

/**
 * An object in ranges, one request for each: a reader may take its time without a connection that waits for it, and
 * a broken connection costs one piece.
 */
async function* piecesOf({ client, bucket: Bucket }: Place, Key: string): AsyncGenerator<Buffer, void> {
  const hash = createHash("sha256");
  let size = Number.POSITIVE_INFINITY;
  let tag: string | undefined;
  let expected: string | undefined;
  for (let at = 0; at < size; ) {
    const request = { Bucket, Key, Range: `bytes=${at}-${at + pieceBytes - 1}` };
    const got = await readPiece(client, { ...request, ...(tag !== undefined && { IfMatch: tag }) });
    if (got.bytes.length === 0) throw new ContentFault();
    size = got.size;
    tag = got.tag;
    expected = got.sha256;
    at += got.bytes.length;
    hash.update(got.bytes);
    if (at >= size && hash.digest("hex") !== expected) throw new ContentFault();
    yield got.bytes;
  }
}

type Piece = { bytes: Buffer; size: number; tag: string | undefined; sha256: string | undefined };

/** The client repeats a request that fails, but not an answer that breaks off: that is done here. */
async function readPiece(
  client: S3Client,
  request: { Bucket: string; Key: string; Range: string; IfMatch?: string },
): Promise<Piece> {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await client.send(new GetObjectCommand(request));
      const bytes = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
      if (bytes.length !== answer.ContentLength)
        throw Object.assign(new Error("cut off"), { code: "ECONNRESET" });
      const size = Number(/\/(\d+)$/.exec(answer.ContentRange ?? "")?.[1] ?? bytes.length);
      return { bytes, size, tag: answer.ETag, sha256: answer.Metadata?.["sha256"] };
    } catch (error) {
      if (error instanceof S3ServiceException && (error.name === "NoSuchKey" || error.name === "NotFound"))
        throw missingBlob(request.Key);
      if (error instanceof S3ServiceException || !isStoreFault(error) || attempt === attempts) throw error;
    }
  }
}

async function removeBelow({ client, bucket: Bucket }: Place, Prefix: string): Promise<void> {
  for (;;) {
    const { Contents = [], IsTruncated } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
    for (let at = 0; at < Contents.length; at += deletesAtOnce) {
      const some = Contents.slice(at, at + deletesAtOnce);
      await Promise.all(some.map(({ Key }) => client.send(new DeleteObjectCommand({ Bucket, Key }))));
    }
    if (!IsTruncated) return;
  }
}

async function abortAbandoned({ client, bucket: Bucket }: Place, Prefix: string): Promise<void> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
  for (const { Key, UploadId, Initiated } of Uploads) {
    if (!Initiated || Date.now() - Initiated.getTime() < abandonedMs) continue;
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  }
}
