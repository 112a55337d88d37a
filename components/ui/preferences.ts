/** The two choices a browser keeps in cookies, so that the server renders the page as it will stay. */
export const themeCookie = "theme";
export const zoneCookie = "tz";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export function isTheme(text: string | undefined): text is Theme {
  return (themes as readonly (string | undefined)[]).includes(text);
}

const yearSeconds = 31_536_000;

/** Remembers a preference for a year. Cookies of preferences are not secret, and hold no more than a word. */
export function rememberPreference(name: typeof themeCookie | typeof zoneCookie, value: string): void {
  const secure = window.location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and Safari
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${yearSeconds}; samesite=lax${secure}`;
}
