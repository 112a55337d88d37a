/**
 * A time of the database as the API tells it, as SQL: UTC with microseconds, `2026-11-21T08:45:32.506784Z`.
 * @param time SQL of a timestamptz; never from outside
 */
export function utcText(time: string): string {
  return `to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}
