import { z } from "zod";

/** The longest text that a stream may say about itself. */
const longest = 1024;
const words = z.string().trim().max(longest, `must have at most ${longest} characters`);
const name = words.min(1, "must not be empty");

/**
 * What asciinema 3 says of a stream when it makes or changes one, and what only programs with a source's token say:
 * whose session it is and where. Fields that are not here (the environment of the shell among them) are not kept.
 */
export const streamChange = z.object({
  /** False when the stream is over. */
  live: z.boolean().optional(),
  title: words.nullish(),
  user: name.optional(),
  target: name.optional(),
  targetUser: name.optional(),
});

export type StreamChange = z.output<typeof streamChange>;

/** A stream as asciinema reads it. `ws_producer_url` holds what lets one send it: it is a secret. */
export type StreamLine = {
  id: number;
  url: string;
  ws_producer_url: string;
  audio_url: null;
  live: boolean;
  title: string | null;
  description: null;
  visibility: "private";
};

/** Streams that a device, or a source's token, may have made without ever sending one; and for how many hours. */
export const streamLimits = { unused: 100, unusedHours: 24, listed: 100 } as const;
