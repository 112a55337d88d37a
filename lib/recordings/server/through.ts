import { pipeline, type Readable, type Transform } from "node:stream";

/**
 * What comes out of `transform`. A failure before somebody reads waits for them: `compose` would let it end the
 * process where nobody ever reads.
 */
export function through(source: Readable, transform: Transform): Readable {
  return pipeline(source, transform, () => undefined);
}
