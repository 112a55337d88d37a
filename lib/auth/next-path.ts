/** Stands in for the origin, which this module need not know. */
const anywhere = "http://daybook.invalid";

/**
 * The path a sign-in leads to: `next` when it is a path of this installation, else the start page. What a
 * browser would read as another origin (`//evil.example`, `/\evil.example`, `https:…`) is refused.
 */
export function safeNext(next: string | null | undefined): string {
  if (typeof next !== "string" || !next.startsWith("/")) return "/";
  // A browser drops tabs and line ends and reads a backslash as a slash before it looks for a host.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\\\u0000-\u001f\u007f]/.test(next) || next.startsWith("//")) return "/";
  let url: URL;
  try {
    url = new URL(next, anywhere);
  } catch {
    return "/";
  }
  if (url.origin !== anywhere || /^\/(?:api|sign-in)(?:\/|$)/.test(url.pathname)) return "/";
  const path = `${url.pathname}${url.search}${url.hash}`;
  return path.startsWith("//") ? "/" : path;
}

/** The sign-in page that leads back to `path`. */
export function signInPath(path: string): string {
  const next = safeNext(path);
  return next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`;
}
