"use client";

import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button.tsx";
import { useCopy } from "@/components/ui/copy-button.tsx";
import { saveFile } from "@/components/ui/save-file.ts";

type CodesProps = { codes: readonly string[]; email: string; done: string; onDone: () => void };

/** The one sight of new recovery codes. @param done says what the button does that leaves it */
export function RecoveryCodes({ codes, email, done, onDone }: CodesProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const copy = useCopy();
  useEffect(() => heading.current?.focus(), []);
  const text = `${codes.join("\n")}\n`;
  return (
    <section
      aria-labelledby="recovery-title"
      className="flex max-w-xl flex-col gap-3 rounded-md border border-line-strong/50 bg-sunken px-4 py-3"
    >
      <h3 id="recovery-title" ref={heading} tabIndex={-1} className="font-semibold outline-none">
        Keep these recovery codes
      </h3>
      <p className="text-ink-2">
        Without your phone, each of them signs you in once. They are shown this once, and Daybook keeps only
        their hashes: put them where you will find them without the phone.
      </p>
      <ol
        aria-label="Recovery codes"
        className="grid grid-cols-2 gap-x-6 gap-y-1 rounded-md border border-line bg-canvas px-3 py-2 font-mono max-[420px]:grid-cols-1"
      >
        {codes.map((code) => (
          <li key={code} className="select-all">
            {code}
          </li>
        ))}
      </ol>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => copy(text)}>Copy</Button>
        <Button
          onClick={() => saveFile("daybook-recovery-codes.txt", "text/plain", `Daybook, ${email}\n\n${text}`)}
        >
          Download
        </Button>
        <Button look="primary" onClick={onDone}>
          {done}
        </Button>
      </div>
    </section>
  );
}
