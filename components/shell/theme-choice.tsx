"use client";

import { useState } from "react";
import { MenuHeading, MenuRadio } from "@/components/ui/menu.tsx";
import { rememberPreference, type Theme, themeCookie, themes } from "@/components/ui/preferences.ts";

const names: { [theme in Theme]: string } = { system: "As the system", light: "Light", dark: "Dark" };

/** The colour scheme. The cookie lets the server render the next page in it from the first byte. */
export function ThemeChoice({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);

  function choose(chosen: Theme) {
    rememberPreference(themeCookie, chosen);
    document.documentElement.classList.remove(...themes);
    document.documentElement.classList.add(chosen);
    setTheme(chosen);
  }

  return (
    <>
      <MenuHeading>Colours</MenuHeading>
      {themes.map((each) => (
        <MenuRadio key={each} checked={each === theme} onClick={() => choose(each)}>
          {names[each]}
        </MenuRadio>
      ))}
    </>
  );
}
