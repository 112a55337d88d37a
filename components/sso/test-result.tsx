import { CircleAlert, CircleCheck } from "lucide-react";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { ProviderTest } from "@/lib/sso/provider.ts";

/** What a test of the issuer found. */
export function TestResult({ result }: { result: ProviderTest | undefined }) {
  return (
    <div role="status">
      {result && (
        <div className="flex flex-col gap-1 rounded-md border border-line bg-sunken px-3 py-2">
          <p className="flex items-center gap-2 font-medium">
            {result.ok ? (
              <CircleCheck aria-hidden className="size-4" />
            ) : (
              <CircleAlert aria-hidden className="size-4 text-failure" />
            )}
            {result.ok
              ? "The issuer answers as it should. Whether client ID and secret are right shows the first sign-in."
              : "People could not sign in with this issuer:"}
          </p>
          <ul className="flex list-disc flex-col gap-1 pl-8 wrap-anywhere">
            {result.faults.map((fault) => (
              <li key={fault} className="text-failure">
                <VisibleText text={fault} />
              </li>
            ))}
            {result.facts.map((fact) => (
              <li key={fact} className="text-ink-2">
                <VisibleText text={fact} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
