/**
 * Sets JSON on lines of its own without reading it into values: keys that repeat, numbers of any length and the
 * escapes of strings stay as they were written.
 * @returns undefined when the text does not have the form of JSON objects or arrays
 */
export function indentJson(text: string): string | undefined {
  const tokens = tokensOf(text);
  if (!tokens || !/^[[{]/.test(tokens[0] ?? "")) return undefined;
  const open: string[] = [];
  let out = "";
  for (const [at, token] of tokens.entries()) {
    const line = `\n${"  ".repeat(open.length)}`;
    if (token === "{" || token === "[") {
      open.push(token);
      const empty = tokens[at + 1] === closingOf(token);
      out += empty ? token : `${token}${line}  `;
    } else if (token === "}" || token === "]") {
      if (closingOf(open.pop() ?? "") !== token) return undefined;
      const empty = closingOf(tokens[at - 1] ?? "") === token;
      out += empty ? token : `\n${"  ".repeat(open.length)}${token}`;
      // Several records one behind the other, as some sources send them.
      if (open.length === 0 && at < tokens.length - 1 && tokens[at + 1] !== ",") out += "\n";
    } else if (token === ",") out += `,${line}`;
    else if (token === ":") out += ": ";
    else out += token;
  }
  return open.length === 0 ? out : undefined;
}

function closingOf(token: string): string | undefined {
  return { "{": "}", "[": "]" }[token];
}

const TOKEN = /\s*([{}[\],:]|"(?:[^"\\]|\\[\s\S])*"|[^\s{}[\],:"]+)\s*/y;

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}
