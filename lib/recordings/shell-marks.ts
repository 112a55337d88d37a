/** What a shell says of itself by OSC 133 (FinalTerm) or OSC 633 (VS Code). */
export type ShellMark =
  | { kind: "prompt" }
  | { kind: "command" }
  | { kind: "output"; commandLine: string | undefined }
  | { kind: "finished"; exitCode: number | undefined }
  | { kind: "line"; commandLine: string };

/**
 * A mark's data: `A` prompt, `B` its end, `C` output begins (fish, kitty and ghostty tell the command line with it),
 * `D` finished with the exit code, and of 633 `E` the command line, where `\xHH` and `\\` are escapes.
 * Undefined for anything else.
 */
export function shellMark(code: 133 | 633, data: string): ShellMark | undefined {
  const [letter, ...fields] = data.split(";");
  switch (letter) {
    case "A":
      return { kind: "prompt" };
    case "B":
      return { kind: "command" };
    case "C":
      return { kind: "output", commandLine: commandOf(fields) };
    case "D": {
      const exitCode = /^-?\d{1,10}$/.test(fields[0] ?? "") ? Number(fields[0]) : undefined;
      return { kind: "finished", exitCode };
    }
    case "E":
      return code === 633 ? { kind: "line", commandLine: unescaped(fields[0] ?? "") } : undefined;
    default:
      return undefined;
  }
}

function commandOf(fields: readonly string[]): string | undefined {
  const encoded = fields.find((field) => field.startsWith("cmdline_url="))?.slice("cmdline_url=".length);
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch (error) {
    if (error instanceof URIError) return encoded;
    throw error;
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|\\)/g, (_all, hex?: string) =>
    hex === undefined ? "\\" : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
