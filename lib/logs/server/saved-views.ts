import "server-only";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { allows, type Principal, permissionToRead } from "@/lib/auth/principal.ts";
import { prisma } from "@/lib/db/client.ts";
import { badRequest, forbidden, notFound, Problem } from "@/lib/http/problem.ts";
import { parseQuery } from "../query.ts";
import { isLogSlug, type LogSlug, logView, logViews } from "../views.ts";
import { requireLog } from "./request.ts";

/** A name for a query, one's own or shared with the organization. */
export type SavedViewLine = {
  id: string;
  log: string;
  name: string;
  query: string;
  shared: boolean;
  mine: boolean;
};

export const savedViewWish = z.strictObject({
  log: z.string().refine(isLogSlug, "is no log"),
  name: z.string().trim().min(1).max(100),
  query: z.string().max(8192),
  shared: z.boolean().default(false),
});

/** Saved views a person may have. */
const mostViews = 200;

/**
 * The saved views that a person sees: own ones and shared ones, by name.
 * @param log only those of this one; without it, of all logs that the person may read
 * @throws Problem 403
 */
export async function listSavedViews(principal: Principal, log?: LogSlug): Promise<SavedViewLine[]> {
  if (log !== undefined) requireLog(principal, log);
  const logs = log === undefined ? readableLogs(principal) : [log];
  if (logs.length === 0) throw forbidden("This needs a permission to read a log.");
  const found = await prisma().savedView.findMany({
    where: {
      organizationId: principal.organizationId,
      log: { in: logs },
      OR: [{ userId: principal.userId }, { shared: true }],
    },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: 2 * mostViews,
  });
  return found.map(({ id, log: ofLog, name, query, shared, userId }) => ({
    id,
    log: ofLog,
    name,
    query,
    shared,
    mine: userId === principal.userId,
  }));
}

function readableLogs(principal: Principal): LogSlug[] {
  return Object.values(logViews)
    .map(({ slug }) => slug)
    .filter((slug) => allows(principal, permissionToRead(slug)));
}

/** Saves a query under a name; saving under the same name again replaces it. @throws Problem 400, 403, 409 */
export async function saveView(
  principal: Principal,
  wish: z.output<typeof savedViewWish>,
): Promise<SavedViewLine> {
  const { log, name, shared } = wish;
  requireLog(principal, log);
  const params = new URLSearchParams(wish.query);
  for (const passing of ["after", "row", "limit"]) params.delete(passing);
  const parsed = parseQuery(logView(log), params);
  if (parsed.errors)
    throw badRequest(parsed.errors.map((error) => ({ ...error, parameter: `query.${error.parameter}` })));
  const { organizationId, userId } = principal;
  if (
    (await prisma().savedView.count({ where: { organizationId, userId, NOT: { log, name } } })) >= mostViews
  ) {
    throw new Problem(409, `There are ${mostViews} saved views already: delete one first.`);
  }
  const query = params.toString();
  const { id } = await prisma().savedView.upsert({
    where: { organizationId_userId_log_name: { organizationId, userId, log, name } },
    create: { id: uuidv7(), organizationId, userId, log, name, query, shared },
    update: { query, shared },
  });
  return { id, log, name, query, shared, mine: true };
}

/** Deletes a saved view of one's own. @throws Problem 404 */
export async function deleteSavedView(principal: Principal, id: string): Promise<void> {
  const { organizationId, userId } = principal;
  const { count } = await prisma().savedView.deleteMany({ where: { id, organizationId, userId } });
  if (count === 0) throw notFound("There is no such saved view.");
}
