/** What must be written before the server's process ends; the server runs it between its last answer and its end. */
type Ending = () => Promise<void>;

// The server's own modules and Next's bundle share only globalThis.
const registry: unique symbol = Symbol.for("daybook.endings");
const shared = globalThis as { [registry]?: Map<string, Ending> };

/** A second registration under the same name replaces the first, as a reload in development does. */
export function beforeShutdown(name: string, ending: Ending): void {
  shared[registry] ??= new Map();
  shared[registry].set(name, ending);
}
