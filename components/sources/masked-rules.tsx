import { Badge } from "@/components/ui/badge.tsx";
import { redactionRules } from "@/lib/record/redact.ts";

/** What is masked before a record is stored. */
export function MaskedRules() {
  return (
    <section aria-labelledby="masked-title" className="flex flex-col gap-2">
      <h2 id="masked-title" className="font-semibold">
        What is masked
      </h2>
      <p className="max-w-2xl text-ink-2">
        Secrets are replaced before a record is stored, in the raw record too, by a mask with a digest: the
        same secret has the same digest, and nobody can read it back.
      </p>
      <dl className="border-t border-line">
        {redactionRules.map(({ id, title, masks, onByDefault }) => (
          <div key={id} className="grid gap-x-4 border-b border-line py-1.5 sm:grid-cols-[12rem_1fr_auto]">
            <dt className="font-medium">{title}</dt>
            <dd className="text-ink-2">{masks}</dd>
            <dd>{onByDefault ? <Badge tone="good">on</Badge> : <Badge tone="faint">off</Badge>}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
