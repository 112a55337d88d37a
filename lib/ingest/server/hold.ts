import "server-only";
import { Problem } from "@/lib/http/problem.ts";
import { ingestLimits } from "../limits.ts";

let heldBytes = 0;

/** What one post holds in memory, from its first byte to its answer, as a share of what all may hold together. */
export class Hold {
  #bytes = 0;

  /** @throws Problem 429 that says when to come back, when there is no room for so many bytes more */
  take(bytes: number): void {
    if (heldBytes + bytes > ingestLimits.held) {
      throw new Problem(429, "Daybook is storing as fast as it can. Send this again shortly.", {
        headers: { "retry-after": String(ingestLimits.retryAfter) },
      });
    }
    heldBytes += bytes;
    this.#bytes += bytes;
  }

  release(): void {
    heldBytes -= this.#bytes;
    this.#bytes = 0;
  }
}
