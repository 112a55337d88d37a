import type { PlayerIndex } from "@/lib/recordings/idle.ts";
import type { Theme } from "./screen-canvas.tsx";

/**
 * The colours that the player shows a recording in: those that it came with, or Daybook's own, which are
 * variables of a class of player.css.
 */
export function terminalTheme(own: PlayerIndex["term"]["theme"], dark: boolean): Theme {
  if (own) {
    const palette = own.palette.split(":");
    return {
      foreground: own.fg,
      background: own.bg,
      palette: Array.from({ length: 16 }, (_, place) => palette[place] ?? palette[place % 8] ?? own.fg),
    };
  }
  const probe = document.createElement("span");
  probe.className = `asciinema-player-theme-daybook-${dark ? "dark" : "light"}`;
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const read = (name: string): string => style.getPropertyValue(`--term-color-${name}`).trim();
  const theme = {
    foreground: read("foreground"),
    background: read("background"),
    palette: Array.from({ length: 16 }, (_, place) => read(String(place))),
  };
  probe.remove();
  return theme;
}
