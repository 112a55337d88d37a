import { Fragment } from "react";

/**
 * Control characters, characters that turn the direction of text, and characters without width. Recorded text
 * is written by whoever was recorded: nothing in it may hide, or pass for something else.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/u;
const PARTS = /([\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0])/u;

/** How a character is shown that would not be seen: `\n`, `\x1b`, `U+202E`. */
export function nameOfUnseen(character: string): string {
  const short: { [character: string]: string } = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" };
  const code = character.codePointAt(0) ?? 0;
  if (short[character] !== undefined) return short[character];
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/**
 * Text with every character in sight.
 * @param lines keeps line breaks and tabs as they are
 */
export function VisibleText({ text, lines = false }: { text: string; lines?: boolean }) {
  if (!UNSEEN.test(text)) return <bdi>{text}</bdi>;
  return (
    <bdi>
      {text.split(PARTS).map((part, at) => {
        const unseen = at % 2 === 1 && !(lines && (part === "\n" || part === "\t"));
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other name
        if (!unseen) return <Fragment key={at}>{part}</Fragment>;
        return (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            key={at}
            className="mx-px rounded-xs bg-warning-soft px-0.5 text-warning"
          >
            {nameOfUnseen(part)}
          </span>
        );
      })}
    </bdi>
  );
}
