import type { accessMethods } from "@/lib/ingest/enumerations.ts";

/** kubectl names itself after its file: `kubectl/v1.36.4 (…)`, also `kubectl.exe` and `kubectl1.30`. */
const KUBECTL = /^kubectl(?:\.exe|\.docker|[-_.]?v?\d[\w.]*)?\//;
const BROWSER = /^(?:Mozilla|Opera)\/|dashboard|headlamp|octant/i;

export function isKubectl(userAgent: string | undefined): boolean {
  return userAgent !== undefined && KUBECTL.test(userAgent);
}

/** How a call reached the API server, as far as the user agent tells (anyone may send any). */
export function accessMethodOf(userAgent: string | undefined): (typeof accessMethods)[number] {
  if (isKubectl(userAgent)) return "kubectl CLI";
  return userAgent !== undefined && BROWSER.test(userAgent) ? "browser" : "API";
}
