import type { Options } from "asciinema-player";

/** Below this width the terminal keeps its letters and scrolls sideways. */
const narrow = "(width < 48rem)";

/** How both players of a session under way look: the one that shows it now and the one that goes back. */
export function livePlayerOptions(dark: boolean): Options {
  const small = window.matchMedia(narrow).matches;
  return {
    controls: false,
    theme: `auto/daybook-${dark ? "dark" : "light"}`,
    fit: small ? "none" : "both",
    ...(small && { terminalFontSize: "12px" }),
    terminalFontFamily: '"Geist Mono Variable", ui-monospace, "Liberation Mono", monospace',
  };
}
