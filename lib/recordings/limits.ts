/** Every bound of recordings, in one place. */
export const recordingLimits = {
  /** The largest terminal; a larger one is made this large. */
  columns: 500,
  rows: 300,
  /** The size that is taken when a recording names none or nonsense. */
  defaultColumns: 80,
  defaultRows: 24,
  /** UTF-16 units of one event's data; longer ones are split. One unit is at most three bytes of UTF-8. */
  eventUnits: 256 * 1024,
  /** Bytes of a whole recording, unpacked. */
  bytes: 512 * 1024 * 1024,
  /** Unpacked bytes for one byte sent, from the first mebibyte on: gzip's own limit is about 1030. */
  ratio: 200,
  /** Files in one recording, members of a tar included. */
  parts: 10_000,
  /** Bytes of one line of a line format; an event of JSON may take six bytes for one of the terminal's. */
  line: 64 * 1024 * 1024,
  /** Bytes of an asciicast v1, which is one JSON document. */
  document: 64 * 1024 * 1024,
  /** Levels of JSON. */
  depth: 64,
  /** Bytes of a header line, of log.json and the like. */
  header: 1024 * 1024,
  /** Microseconds from the first event to the last: 31 days. Later events stay where the clock was. */
  duration: 31 * 86_400 * 1_000_000,
  /** Characters of a command, title or name that a recording says about itself. */
  words: 4096,
  /** Findings of one code that are told apart; further ones are left out. */
  findings: 10,
  /** Characters of a control string that may wait for its end before it counts as unterminated. */
  controlString: 64 * 1024,
  /** Pauses between events that are remembered, the longest ones. */
  gaps: 20_000,
} as const;
