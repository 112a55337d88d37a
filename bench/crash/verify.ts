import type { ClientBase } from "pg";
import type { Post } from "./clients.ts";

/** Names of records that are not stored as they must be. */
export type Findings = {
  /** Acknowledged, and not there. */
  lost: string[];
  /** There more than once, acknowledged or not. */
  doubled: string[];
  /** Posts of which some records are there and some are not. */
  torn: string[];
  /** There, and never sent; or there under a source that did not send it. */
  strange: string[];
  /** Rows of connections that do not agree with their events. */
  disagreeing: number;
  stored: number;
};

/**
 * Compares what is stored with what was sent. A post that is not acknowledged may be there or not, but whole.
 * @param postsNow All posts made until the moment of the call: the clients go on while this looks.
 */
export async function verify(client: ClientBase, postsNow: () => readonly Post[]): Promise<Findings> {
  // Taken before the look: what is acknowledged meanwhile need not be in it.
  const acknowledged = postsNow().filter(({ state }) => state === "acknowledged");
  const sources = [...new Set(postsNow().map(({ target }) => target.id))];
  const { rows } = await client.query<{ source: string; name: string; count: number }>(
    `SELECT source_id AS source, command AS name, count(*)::int AS count FROM commands
     WHERE source_id = ANY($1) GROUP BY 1, 2
     UNION ALL SELECT source_id, user_name, count(*)::int FROM connection_events
     WHERE source_id = ANY($1) GROUP BY 1, 2`,
    [sources],
  );
  const stored = new Map(rows.map(({ source, name, count }) => [`${source} ${name}`, count]));
  const place = ({ target }: Post, name: string): string => `${target.id} ${name}`;
  const isStored = (post: Post, name: string): boolean => stored.has(place(post, name));
  // Taken after the look: what is stored meanwhile may be in it.
  const posts = postsNow();
  const sent = new Set(posts.flatMap((post) => post.names.map((name) => place(post, name))));
  return {
    lost: acknowledged.flatMap((post) => post.names.filter((name) => !isStored(post, name))),
    doubled: rows.filter(({ count }) => count > 1).map(({ name }) => name),
    torn: posts
      .filter((post) => isTorn(post.names.map((name) => isStored(post, name))))
      .map(({ key }) => key),
    strange: [...stored.keys()].filter((name) => !sent.has(name)),
    disagreeing: await disagreeingConnections(client, sources),
    stored: rows.reduce((sum, { count }) => sum + count, 0),
  };
}

function isTorn(stored: readonly boolean[]): boolean {
  return stored.includes(true) && stored.includes(false);
}

async function disagreeingConnections(client: ClientBase, sources: string[]): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM
       (SELECT id, events FROM connections WHERE source_id = ANY($1)) AS c
       FULL JOIN
       (SELECT connection_id AS id, count(*)::int AS events FROM connection_events WHERE source_id = ANY($1) GROUP BY 1) AS e
       USING (id)
     WHERE c.events IS DISTINCT FROM e.events`,
    [sources],
  );
  return rows[0]?.count ?? 0;
}
