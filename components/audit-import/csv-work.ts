import type { Reading } from "@/lib/audit-import/repeated.ts";
import type { WorkerAnswer, WorkerTask } from "./csv-worker.ts";

type Answered = Exclude<WorkerAnswer, { progress: Reading } | { error: string }>;

/**
 * Has a worker do something with a file, away from the page.
 * @returns its answer
 * @throws Error with what is wrong with the file; AbortError when it was called off
 */
export function askWorker(
  task: WorkerTask,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (reading: Reading) => void } = {},
): Promise<Answered> {
  const worker = new Worker(new URL("./csv-worker.ts", import.meta.url), { type: "module" });
  return new Promise<Answered>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
      if ("progress" in data) onProgress?.(data.progress);
      else if ("error" in data) reject(new Error(data.error));
      else resolve(data);
    };
    worker.onerror = (event) => reject(new Error(event.message || "The file could not be read."));
    signal?.addEventListener("abort", () => reject(new DOMException("Called off", "AbortError")), {
      once: true,
    });
    worker.postMessage(task);
  }).finally(() => worker.terminate());
}
