/** Days of the calendar as text, `2026-11-22`: no clock and no zone is in them. */

const dayMs = 86_400_000;
const monthName = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });
const dayName = new Intl.DateTimeFormat("en", { dateStyle: "full", timeZone: "UTC" });

function textOf(ms: number): string | undefined {
  const text = new Date(ms).toISOString();
  return /^\d{4}-/.test(text) && !text.startsWith("0000") ? text.slice(0, 10) : undefined;
}

/** The day so many days later; the same one at the ends of the calendar. */
export function addDays(day: string, count: number): string {
  return textOf(Date.parse(day) + count * dayMs) ?? day;
}

/** The same day so many months later, or the last of that month where it is shorter. */
export function addMonths(day: string, count: number): string {
  const date = new Date(day);
  const inMonth = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + count);
  const first = textOf(date.getTime());
  if (first === undefined) return day;
  const next = new Date(date);
  next.setUTCMonth(next.getUTCMonth() + 1);
  const days = Math.round((next.getTime() - date.getTime()) / dayMs);
  return addDays(first, Math.min(inMonth, days) - 1);
}

/** The first day of its week: weeks begin on Monday. */
export function startOfWeek(day: string): string {
  return addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
}

/** Six weeks with the month of a day in them, each of seven days; days of other months among them. */
export function weeksOf(day: string): string[][] {
  const first = startOfWeek(`${day.slice(0, 7)}-01`);
  return Array.from({ length: 6 }, (_, week) =>
    Array.from({ length: 7 }, (_, place) => addDays(first, week * 7 + place)),
  );
}

/** `November 2026` */
export function monthWords(day: string): string {
  return monthName.format(new Date(day));
}

/** `Sunday, November 22, 2026` */
export function dayWords(day: string): string {
  return dayName.format(new Date(day));
}
