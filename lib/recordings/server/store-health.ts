import "server-only";
import { log } from "@/lib/log.ts";
import { StoreUnavailable } from "./blob-store.ts";
import { blobs } from "./blobs.ts";

/** Questions within this time share one look at the store. */
const rememberedMs = 10_000;

let latest: { at: number; answer: Promise<boolean> } | undefined;
let known = true;

/** Whether the store of the recordings can be reached and lets us in. Never rejects; the log has the reason. */
export function storeIsUp(): Promise<boolean> {
  const now = performance.now();
  if (!latest || now - latest.at >= rememberedMs) latest = { at: now, answer: look() };
  return latest.answer.then((up) => {
    known = up;
    return up;
  });
}

/** What was last known of it, for probes that must not wait: the next one knows more. */
export function storeWasUp(): boolean {
  void storeIsUp();
  return known;
}

/** Before an upload is read. @throws StoreUnavailable 503 with Retry-After */
export async function requireStore(): Promise<void> {
  if (!(await storeIsUp())) throw new StoreUnavailable();
}

async function look(): Promise<boolean> {
  try {
    await blobs().check();
    return true;
  } catch (error) {
    // A bucket's own reason is in the log already.
    if (!(error instanceof StoreUnavailable))
      log().error({ err: error }, "the folder of the recordings cannot be used");
    return false;
  }
}
