"use client";

import { Download } from "lucide-react";
import { useEffect, useRef } from "react";
import { CodeBlock } from "@/components/sources/code-block.tsx";
import { Button } from "@/components/ui/button.tsx";
import { saveFile } from "@/components/ui/save-file.ts";
import type { NewCertificate } from "@/lib/certificates/certificate.ts";
import { filesOf, relayLines, sudoersLines, type TlsPlace } from "./sudo-lines.ts";

type IssuedProps = { issued: NewCertificate; place: TlsPlace; onDone: () => void };

/** The one sight of a certificate's key. It stays until the reader says that it is kept, or leaves the page. */
export function IssuedCertificate({ issued, place, onDone }: IssuedProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The dialog that asked for it is open for a moment yet, and gives the focus back when it closes.
  useEffect(() => {
    const frame = requestAnimationFrame(() => heading.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  const { name, certificate, key, authority } = issued;
  const files = filesOf(name);
  return (
    <div className="flex flex-col gap-3 rounded-md border border-line-strong/50 bg-sunken px-4 py-3">
      <h3 ref={heading} tabIndex={-1} className="font-semibold outline-none">
        The certificate of “{name}”
      </h3>
      <p className="text-ink-2">
        Download the key now: it is here this once, and Daybook does not keep it. Put the three files into
        /etc/daybook on the host, the key readable by root alone.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={() => saveFile(files.key, "application/x-pem-file", key)}>
          <Download aria-hidden className="size-4" /> Key
        </Button>
        <Button onClick={() => saveFile(files.certificate, "application/x-pem-file", certificate)}>
          <Download aria-hidden className="size-4" /> Certificate
        </Button>
        <Button onClick={() => saveFile(files.authority, "application/x-pem-file", authority)}>
          <Download aria-hidden className="size-4" /> Authority
        </Button>
      </div>
      <CodeBlock title="sudoers (visudo -f /etc/sudoers.d/daybook)" text={sudoersLines(name, place)} />
      <CodeBlock
        title="Or on a relay of several hosts (/etc/sudo_logsrvd.conf)"
        text={relayLines(name, place)}
      />
      <div>
        <Button onClick={onDone}>I have kept them</Button>
      </div>
    </div>
  );
}
