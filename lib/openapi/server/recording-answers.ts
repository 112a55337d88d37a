import "server-only";
import { z } from "zod";
import { recordTime } from "@/lib/logs/row-schema.ts";
import type { DeviceLine } from "@/lib/recordings/device.ts";
import type { PlayerIndex } from "@/lib/recordings/idle.ts";
import type { Playback } from "@/lib/recordings/playback.ts";
import type { RecordedPerson, RecordingHit, RecordingLine } from "@/lib/recordings/recording-line.ts";
import type { ScreenPicture } from "@/lib/recordings/screen-picture.ts";
import type { Retention, RetentionCounts } from "@/lib/retention/retention.ts";

// As answers.ts, for session recordings. Times within a recording are microseconds but for the player's.

const count = z.int().min(0);
const micros = z.number().min(0).describe("Microseconds from the start of the recording.");

export const recording = z.object({
  id: z.uuid(),
  connectionId: z.uuid(),
  user: z.string(),
  target: z.string(),
  targetUser: z.string().nullable(),
  space: z.string().nullable(),
  kind: z.string(),
  format: z.string().describe("As what it came."),
  title: z.string().nullable(),
  command: z.string().nullable(),
  startedAt: recordTime,
  receivedAt: recordTime,
  durationUs: z.number().min(0).nullable().describe("Microseconds."),
  columns: count.nullable(),
  rows: count.nullable(),
  bytes: z.number().min(0).describe("As it was received."),
  sha256: z.string().nullable().describe("Of what was received, in hex; null while it is live."),
  state: z.enum(["live", "processing", "ready", "logged", "failed", "deleted"]),
  fault: z.string().nullable().describe("Why a failed one cannot be played."),
  findings: z
    .array(
      z.object({
        code: z.enum([
          "encoding",
          "order",
          "clock",
          "time-limit",
          "size",
          "control-string",
          "control-sequence",
          "large-event",
          "truncated",
          "unreadable",
          "unknown-event",
          "duplicate",
          "missing",
          "no-timing",
          "no-size",
        ]),
        timeUs: micros.optional(),
        message: z.string(),
        count,
      }),
    )
    .describe("What was wrong with it and was mended."),
  commands: count,
  denied: z.boolean().describe("Whether something was refused in it."),
  killEnds: z
    .enum(["command", "stream"])
    .nullable()
    .describe("What asking for its end ends; null when its source cannot be told."),
  hold: z.boolean().describe("Whether it is under a legal hold."),
  holdReason: z.string().nullable(),
  heldBy: z.string().nullable(),
  heldAt: recordTime.nullable(),
  expiresAt: recordTime.nullable().describe("When it is deleted, unless it is held then."),
  deletedAt: recordTime.nullable(),
  deletedBy: z.string().nullable(),
  deleteReason: z.string().nullable(),
}) satisfies z.ZodType<Omit<RecordingLine, "findings">>;

export const archiveCount = z.object({
  recordings: count,
  leftOut: count.describe("Which cannot be downloaded."),
});

export const retention = z.object({
  recordingsDays: count
    .nullable()
    .describe("Days after which recordings are deleted; null keeps them for ever."),
  recordingsMinimumDays: count.nullable().describe("Days in which nobody can delete them."),
  updatedAt: recordTime.nullable(),
  updatedBy: z.string().nullable(),
  recordings: z.object({
    kept: count,
    bytes: z.number().min(0),
    held: count.describe("How many are under a legal hold."),
    due: count.describe("How many are older, and under no hold."),
  }) satisfies z.ZodType<RetentionCounts>,
}) satisfies z.ZodType<Retention>;

export const recordingPage = z.object({
  rows: z.array(recording),
  nextCursor: z.string().nullable().describe("`cursor` of the next page; null at the end."),
});

export const recordedPeople = z.object({
  people: z.array(
    z.object({
      user: z.string(),
      count,
      live: count.describe("Of them under way."),
      lastAt: recordTime,
    }) satisfies z.ZodType<RecordedPerson>,
  ),
});

export const recordingHits = z.object({
  hits: z.array(
    z.object({
      recordingId: z.uuid(),
      connectionId: z.uuid(),
      user: z.string(),
      target: z.string(),
      startedAt: recordTime,
      atUs: micros,
      line: z.string(),
    }) satisfies z.ZodType<RecordingHit>,
  ),
  nextCursor: z.string().nullable(),
});

export const playerIndex = z
  .object({
    version: z.literal(1),
    duration: z.number(),
    term: z.object({
      cols: count,
      rows: count,
      theme: z.object({ fg: z.string(), bg: z.string(), palette: z.string() }).optional(),
    }),
    segments: z.array(z.object({ start: z.number(), url: z.string() })) satisfies z.ZodType<
      PlayerIndex["segments"]
    >,
    markers: z.array(z.tuple([z.number(), z.string()])),
  })
  .describe("What asciinema-player reads with `format: segmented`; times in seconds.");

export const segment = z.object({
  snapshot: z.object({ cols: count, rows: count, init: z.string() }),
  events: z.array(z.tuple([z.number(), z.string(), z.string()])),
});

const colour = z
  .union([z.int().min(0).max(255), z.string(), z.null()])
  .describe("A colour of the palette by its number, `#rrggbb`, or null for the terminal's own.");

export const screenPicture = z.object({
  atUs: micros,
  columns: count,
  rows: count,
  lines: z
    .array(
      z.array(
        z
          .tuple([count, z.string(), colour, colour, z.int()])
          .describe(
            "How many cells, what they say, letters, ground, and 1 for bold + 2 faint + 4 inverse + 8 underlined.",
          ),
      ),
    )
    .describe("Without what is blank at the end of a line and below the last one."),
}) satisfies z.ZodType<ScreenPicture>;

const command = z.object({
  timeUs: micros,
  command: z.string(),
  exitCode: z.int().optional(),
  origin: z.enum(["reported", "inferred"]),
});

export const playback = z.object({
  index: playerIndex,
  pauses: z.object({ shortestUs: z.number(), list: z.array(z.tuple([z.number(), z.number()])) }),
  activity: z.object({ binUs: z.number(), counts: z.array(z.number()) }),
  markers: z.array(z.object({ timeUs: micros, label: z.string() })),
  commands: z.array(command),
  apiCalls: z
    .array(
      z.object({
        timeUs: micros,
        verb: z.string(),
        uri: z.string(),
        status: z.int().nullable(),
        outcome: z.string(),
      }),
    )
    .describe("What the connection asked of a Kubernetes API meanwhile; of very many the first."),
  resizes: z.array(z.object({ timeUs: micros, columns: count, rows: count })) satisfies z.ZodType<
    Playback["resizes"]
  >,
  durationUs: z.number(),
});

export const devices = z.object({
  devices: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      createdAt: recordTime,
      lastUsedAt: recordTime.nullable(),
      revokedAt: recordTime.nullable(),
    }) satisfies z.ZodType<DeviceLine>,
  ),
});

export const claimed = z.object({
  state: z.enum(["claimed", "mine"]).describe("`mine`: it was the caller's already."),
});
