import { AddressNotice } from "@/components/sources/address-notice.tsx";
import { CodeBlock } from "@/components/sources/code-block.tsx";
import { ShownOnce } from "@/components/ui/shown-once.tsx";
import { curlLines, shipperLines } from "./pairing-lines.ts";

export type Fresh = { name: string; kind: string; token: string };

/** The one sight of a deployment token, and how a host pairs with it. */
export function FreshDeploymentToken({
  fresh,
  origin,
  onDone,
}: {
  fresh: Fresh;
  origin: string;
  onDone: () => void;
}) {
  const pairing = { origin, kind: fresh.kind, token: fresh.token };
  return (
    <div className="flex flex-col gap-3">
      <ShownOnce
        title={`Deployment token “${fresh.name}” is ready`}
        hint="Copy it now, or paste the lines below on the host, which hold it"
        token={fresh.token}
        onDone={onDone}
      />
      <AddressNotice url={origin} />
      {fresh.kind !== "kubernetes-audit" && (
        <CodeBlock title="On the host, with the shipper" text={shipperLines(pairing)} />
      )}
      <CodeBlock
        title={
          fresh.kind === "kubernetes-audit"
            ? "Where the webhook’s file is written: answers with the address and the token for it"
            : "Or with curl alone: the source’s token goes into the file"
        }
        text={curlLines(pairing)}
      />
    </div>
  );
}
