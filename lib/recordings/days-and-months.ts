/**
 * The days from `first` to `last`, both included, as tags of the index: whole months as `mYYYY-MM`, the days at both
 * ends as `dYYYY-MM-DD`. Few, however long the time: at most sixty days and a tag for each month.
 */
export function daysAndMonths(first: string, last: string): string[] {
  const tags: string[] = [];
  for (let day = first; day <= last; ) {
    const month = day.slice(0, 7);
    const next = firstOfNextMonth(month);
    if (day.endsWith("-01") && dayBefore(next) <= last) {
      tags.push(`m${month}`);
      day = next;
    } else {
      tags.push(`d${day}`);
      day = textOf(Date.parse(day) + dayMs);
    }
  }
  return tags;
}

const dayMs = 86_400_000;
const textOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const dayBefore = (day: string): string => textOf(Date.parse(day) - dayMs);

function firstOfNextMonth(month: string): string {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5))];
  const next = number === 12 ? [year + 1, 1] : [year, number + 1];
  return `${String(next[0]).padStart(4, "0")}-${String(next[1]).padStart(2, "0")}-01`;
}
