const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The key of one file of a recording. @throws Error when a part is none that Daybook makes */
export function blobKey(organizationId: string, recordingId: string, file: BlobFile): string {
  return recordingPrefix(organizationId, recordingId) + blobFileName(file);
}

/** What the keys of all files of a recording begin with. @throws Error when a part is none that Daybook makes */
export function recordingPrefix(organizationId: string, recordingId: string): string {
  if (!uuid.test(organizationId) || !uuid.test(recordingId)) throw new Error("Not the ids of a recording");
  return `${organizationId}/${recordingId}/`;
}

/** `original` as received; the rest is made from it and may be made again. */
export type BlobFile = "original" | "cast" | "text" | "summary" | { segment: number };

/** What a file of a recording is called, in the store and by the conversion that makes it. */
export function blobFileName(file: BlobFile): string {
  if (typeof file === "string")
    return { original: "original", cast: "recording.cast.gz", text: "text.txt.gz", summary: "summary.json" }[
      file
    ];
  if (!Number.isInteger(file.segment) || file.segment < 0) throw new Error("Segments are numbered from 0");
  return `segment-${file.segment}.json.gz`;
}
