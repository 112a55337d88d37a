import { ingestLimits } from "@/lib/ingest/limits.ts";

type Limit = keyof typeof ingestLimits;

/** Every limit, in words; one that is added must be named here too. */
const meanings: {
  readonly [L in Limit]: { title: string; show: (value: number) => string; beyond: string };
} = {
  body: { title: "Body of a post, as sent", show: binary, beyond: "413" },
  inflated: { title: "Body of a post, once gunzipped", show: binary, beyond: "413" },
  ratio: {
    title: "Gunzipped bytes for each byte sent, from the first mebibyte on",
    show: (value) => `${value} : 1`,
    beyond: "413",
  },
  records: { title: "Records in one body", show: count, beyond: "413" },
  record: { title: "One record", show: binary, beyond: "quarantine" },
  harEntry: { title: "One entry of a HAR file, with its contents", show: binary, beyond: "quarantine" },
  nesting: {
    title: "Objects and arrays within each other in one record",
    show: (value) => `${value} levels`,
    beyond: "quarantine",
  },
  earliestYear: {
    title: "Time of a record, at the earliest",
    show: (value) => `1 January ${value}, UTC`,
    beyond: "quarantine",
  },
  futureDays: {
    title: "Time of a record, ahead of Daybook’s clock",
    show: (value) => `${value} days`,
    beyond: "quarantine",
  },
  idempotencyKey: { title: "Idempotency-Key", show: (value) => `${count(value)} characters`, beyond: "400" },
  held: { title: "All posts together, from the first byte to the answer", show: binary, beyond: "429" },
  heldPerRecord: { title: "Counted there for each record, besides its bytes", show: binary, beyond: "—" },
  retryAfter: {
    title: "How long a post that was told 429 is asked to wait",
    show: (value) => `${value} s`,
    beyond: "—",
  },
};

/** The bounds of ingestion. */
export function Limits() {
  return (
    <section aria-labelledby="limits-title" className="flex flex-col gap-2">
      <h2 id="limits-title" className="font-semibold">
        Limits
      </h2>
      <table className="w-full max-w-3xl border-collapse">
        <thead>
          <tr className="border-y border-line text-xs text-ink-2">
            <th scope="col" className="py-1.5 text-left font-medium">
              What
            </th>
            <th scope="col" className="px-2 py-1.5 text-right font-medium">
              Limit
            </th>
            <th scope="col" className="w-24 py-1.5 text-right font-medium">
              Beyond it
            </th>
          </tr>
        </thead>
        <tbody>
          {(Object.keys(meanings) as Limit[]).map((limit) => {
            const { title, show, beyond } = meanings[limit];
            return (
              <tr key={limit} className="border-b border-line">
                <th scope="row" className="py-1.5 text-left font-normal">
                  {title}
                </th>
                <td className="tabular px-2 py-1.5 text-right whitespace-nowrap">
                  {show(ingestLimits[limit])}
                </td>
                <td className="tabular py-1.5 text-right whitespace-nowrap text-ink-2">{beyond}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function binary(bytes: number): string {
  return bytes % 1024 ** 2 === 0 ? `${bytes / 1024 ** 2} MiB` : `${bytes / 1024} KiB`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
