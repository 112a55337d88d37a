import "server-only";

// The server's bundles and its plain modules share only globalThis: a count must not depend on who counts.
const registry: unique symbol = Symbol.for("daybook.metrics");
const store = globalThis as { [registry]?: Map<string, unknown> };

/** The one instance in this process of what `make` makes. */
export function shared<T extends object>(name: string, make: () => T): T {
  store[registry] ??= new Map();
  const known = store[registry].get(name) as T | undefined;
  if (known) return known;
  const made = make();
  store[registry].set(name, made);
  return made;
}
