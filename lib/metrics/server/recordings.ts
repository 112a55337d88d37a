import "server-only";
import { storeWasUp } from "@/lib/recordings/server/store-health.ts";
import type { Family } from "../exposition.ts";

/** What is known of the store of recordings without waiting for it. */
export function recordingFamilies(): Family[] {
  return [
    {
      name: "daybook_recording_store_up",
      help: "Whether the folder or bucket of the recordings could be reached when it was last asked.",
      type: "gauge",
      samples: [{ labels: {}, value: storeWasUp() ? 1 : 0 }],
    },
  ];
}
