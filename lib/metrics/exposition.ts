/** Labels of a sample. Their values come from closed lists: each new one is a new time series. */
export type Labels = { readonly [name: string]: string };

/** One line: the family's name with the suffix, labels, a value. */
export type Sample = { suffix?: "_bucket" | "_sum" | "_count"; labels: Labels; value: number };

/** What one name measures. Names of counters end in `_total`; units are seconds and bytes. */
export type Family = {
  name: string;
  help: string;
  type: "counter" | "gauge" | "histogram";
  samples: readonly Sample[];
};

export const expositionType = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Families in Prometheus's text format 0.0.4.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function exposition(families: readonly Family[]): string {
  return families.map(familyText).join("");
}

function familyText({ name, help, type, samples }: Family): string {
  const lines = samples.map(
    ({ suffix = "", labels, value }) => `${name}${suffix}${labelText(labels)} ${numberText(value)}`,
  );
  const helpText = help.replace(/[\\\n]/g, escaped);
  return [`# HELP ${name} ${helpText}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"\n]/g, escaped)}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(character: string): string {
  return character === "\n" ? "\\n" : `\\${character}`;
}

function numberText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}
