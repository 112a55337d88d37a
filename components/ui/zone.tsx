"use client";

import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { rememberPreference, zoneCookie } from "./preferences.ts";

type Zones = {
  /** The zone that times are shown in: an IANA name, or `UTC`. */
  zone: string;
  /** The browser's own zone; undefined while the server renders, and where the browser is in UTC. */
  local: string | undefined;
  choose: (zone: string) => void;
};

const ZoneContext = createContext<Zones | null>(null);

export function useZone(): Zones {
  const zones = use(ZoneContext);
  if (!zones) throw new Error("useZone needs a ZoneProvider above it");
  return zones;
}

/**
 * @param remembered the zone from the cookie, already checked; undefined at the first visit, which starts
 * in UTC and turns to the browser's zone as soon as that is known
 */
export function ZoneProvider({
  remembered,
  children,
}: {
  remembered: string | undefined;
  children: ReactNode;
}) {
  const [zone, setZone] = useState(remembered ?? "UTC");
  const [local, setLocal] = useState<string>();

  useEffect(() => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const inUtc = own === "UTC" || own === "Etc/UTC";
    if (!inUtc) setLocal(own);
    // Who reads in local time and has travelled wants the time of the new place.
    const wanted = inUtc ? "UTC" : own;
    if (remembered === "UTC" || remembered === wanted) return;
    rememberPreference(zoneCookie, wanted);
    setZone(wanted);
  }, [remembered]);

  const zones = useMemo(() => {
    function choose(chosen: string) {
      rememberPreference(zoneCookie, chosen);
      setZone(chosen);
    }
    return { zone, local, choose };
  }, [zone, local]);
  return <ZoneContext value={zones}>{children}</ZoneContext>;
}
