/** How shells' prompts look, for recordings whose shell did not mark them. */

const LONGEST = 250;
/** What most prompts end with: `$ `, `# `, `% `, `> ` and what themes use. */
const promptEnd = /[$#%>❯➜λ»›] ?$/;
/** Themes that begin with a sign end with anything. */
const themedStart = /^[➜❯λ▶→┌└╰╭] ?/;
/** What ends so and is none: a percentage, a bar of progress, a closing tag, an arrow. */
const notPrompt = /\d%\s?$|##\s?$|[=\-.]>\s?$|<[^<>]*>\s?$/;

/** A shell may be waiting behind output that ends so: with a prompt's last sign, or a sequence; cheap, for every event. */
const promptTail =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours, marks and moves follow the prompt's last sign
  /(?:[$#%>❯➜λ»›✗)]|\u001b\[[0-9;?]*[a-zA-Z]|\u0007|\u001b\\) ?$/;

export function mayEndWithPrompt(output: string): boolean {
  return promptTail.test(output.slice(-40));
}

/** Whether the text before the cursor, on a line with nothing behind it, is a prompt. */
export function isPrompt(text: string): boolean {
  if (text.length === 0 || text.length > LONGEST || notPrompt.test(text)) return false;
  return promptEnd.test(text) || (themedStart.test(text) && text.endsWith(" "));
}

/** A line without what a shell shows at the right edge of its prompt, far from anything else. */
export function withoutRightPrompt(line: string, columns: number): string {
  return line.length < columns - 2 ? line : line.replace(/ {8,}\S+(?: \S+)*\s*$/, "");
}

/** The prompt of the second and further lines of one command. */
export function isContinuation(prompt: string): boolean {
  return /^(?:>|(?:cmdsubst|quote|dquote|bquote|heredoc|pipe|for|while|if|then|else|do|function|case)+[a-z ]*>) ?$/.test(
    prompt,
  );
}

/** Prompts that are known for what they are when whole lines come at once, as from a script that feeds a shell. */
const named =
  /^(?:\([^()]{1,60}\) ?)?(?:\[[\w.-]{1,64}@[\w.-]{1,255}[: ][^\]$#]{0,200}\]|[\w.-]{1,64}@[\w.-]{1,255}:[^$#\n]{0,200}?)[$#] (?=\S)/;

/** A line that begins with `user@host:path$ ` or `[user@host path]$ `, taken apart. */
export function namedPrompt(line: string): { prompt: string; command: string } | undefined {
  const prompt = named.exec(line.length > 4096 ? line.slice(0, 4096) : line)?.[0];
  return prompt === undefined ? undefined : { prompt, command: line.slice(prompt.length).trim() };
}

/** Who and where a prompt says it is: lines of another one are a quotation. */
export function whoseShell(prompt: string): string | undefined {
  return /[\w.-]+@[\w.-]+/.exec(prompt)?.[0];
}
