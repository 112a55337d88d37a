import { CopyButton } from "@/components/ui/copy-button.tsx";

/** The id under which the server's log has a request. @param label what kind of id it is */
export function RequestId({ id, label = "Request" }: { id: string; label?: string }) {
  return (
    <p className="flex items-center gap-2">
      <span className="text-ink-2">{label}</span>
      <code className="font-mono text-xs wrap-anywhere">{id}</code>
      <CopyButton text={id} label="Copy this id" />
    </p>
  );
}
