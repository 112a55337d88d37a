import { CopyButton } from "@/components/ui/copy-button.tsx";

type CodeBlockProps = { title: string; text: string };

/** Lines to paste. They break where the page ends; what is copied has no more lines than it says. */
export function CodeBlock({ title, text }: CodeBlockProps) {
  return (
    <figure className="min-w-0 rounded-md border border-line">
      <figcaption className="flex items-center justify-between gap-2 border-b border-line py-1 pr-1 pl-3 text-xs text-ink-2">
        <span className="min-w-0 wrap-anywhere">{title}</span>
        <CopyButton text={text} label={`Copy: ${title}`} />
      </figcaption>
      <pre className="overflow-hidden bg-sunken px-3 py-2 font-mono text-xs whitespace-pre-wrap wrap-anywhere">
        {text}
      </pre>
    </figure>
  );
}
