import { leaveWhenSignedOut } from "./leave-signed-out.ts";

/** `refused`: the server said no, as it does when the session has ended; it is asked again a little later. */
export type Liveness = "connecting" | "live" | "refused";

const retryMs = 5_000;

/**
 * Follows a state that the server tells by one stream of events; not while the tab is hidden. Whoever is signed out
 * leaves for the sign-in page.
 *
 * @param name of the events that tell the state
 * @returns what ends the following
 */
export function followEvents(
  path: string,
  name: string,
  onState: (data: string) => void,
  onLiveness: (liveness: Liveness) => void = () => undefined,
): () => void {
  let stream: EventSource | undefined;
  let retrying: ReturnType<typeof setTimeout> | undefined;
  function follow() {
    const opened = new EventSource(path);
    opened.addEventListener("ended", () => void leaveWhenSignedOut());
    opened.addEventListener("open", () => onLiveness("live"));
    opened.addEventListener(name, ({ data }: MessageEvent<string>) => onState(data));
    opened.addEventListener("error", () => {
      // A lost connection is opened again by the browser, one that was refused is not.
      const refused = opened.readyState === EventSource.CLOSED;
      onLiveness(refused ? "refused" : "connecting");
      if (!refused) return;
      retrying = setTimeout(follow, retryMs);
      void leaveWhenSignedOut();
    });
    stream = opened;
  }
  function stop() {
    clearTimeout(retrying);
    stream?.close();
  }
  function onVisibility() {
    stop();
    if (!document.hidden) follow();
  }
  onVisibility();
  document.addEventListener("visibilitychange", onVisibility);
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    stop();
  };
}
