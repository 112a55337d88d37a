import "server-only";
import SCIMMY from "scimmy";
import { isUuid } from "@/lib/http/id.ts";
import type { ScimContext } from "./context.ts";
import { type Failures, notThere } from "./errors.ts";
import { createGroup, deleteGroup, replaceGroup } from "./groups.ts";
import { type Filter, type ListPage, type Lists, listResources } from "./lists.ts";
import { listsOfGroups } from "./read-groups.ts";
import { listsOfUsers } from "./read-users.ts";
import { createUser, deleteUser, replaceUser } from "./users.ts";

/**
 * What each handler is told beside the request: whose token it came with, where a failure is kept, and which page of a
 * list is wanted; how many there are in all is told back.
 */
export type Told = ScimContext & { failures: Failures; page?: ListPage; total?: number };

type Handlers<Shown> = {
  lists: Lists<Shown>;
  create: (context: ScimContext, given: object) => Promise<Shown>;
  replace: (context: ScimContext, id: string, given: object) => Promise<Shown>;
  remove: (context: ScimContext, id: string) => Promise<void>;
};

/** What a resource of the library names: one by its id, or those that a filter finds. */
type Named = { id?: string | undefined; filter?: Filter | undefined };

const basePath = "/scim/v2";

let declared = false;

/** Tells the library once of what there is: it keeps that for the whole process. */
export function declareResources(): typeof SCIMMY.Resources {
  if (declared) return SCIMMY.Resources;
  declared = true;
  const { Resources, Schemas } = SCIMMY;
  Resources.User.extend(Schemas.EnterpriseUser, false);
  Resources.declare(Resources.User, {
    basepath: basePath,
    ...handlers({ lists: listsOfUsers, create: createUser, replace: replaceUser, remove: deleteUser }),
  });
  Resources.declare(Resources.Group, {
    basepath: basePath,
    ...handlers({ lists: listsOfGroups, create: createGroup, replace: replaceGroup, remove: deleteGroup }),
  });
  Resources.Schema.basepath(basePath);
  Resources.ResourceType.basepath(basePath);
  Resources.ServiceProviderConfig.basepath(basePath);
  SCIMMY.Config.set({
    patch: true,
    filter: { supported: true, maxResults: 200 },
    sort: true,
    etag: false,
    changePassword: false,
    bulk: false,
    authenticationSchemes: [
      {
        type: "oauthbearertoken",
        name: "Bearer token",
        description: "The provider's provisioning token, made on its page in Daybook",
      },
    ],
  });
  return Resources;
}

function handlers<Shown extends { id: string }>({ lists, create, replace, remove }: Handlers<Shown>) {
  return {
    egress: ({ id, filter }: Named, told: Told) =>
      told.failures.keep(async () => {
        if (id === undefined) {
          if (!told.page) throw new Error("A list without a page");
          const { resources, total } = await listResources(lists, told, filter, told.page);
          told.total = total;
          return resources;
        }
        const [one] = isUuid(id) ? await lists.read(told, { equal: { id }, limit: 1 }) : [];
        if (!one) throw notThere();
        return one;
      }),
    ingress: ({ id }: Named, given: object, told: Told) =>
      told.failures.keep(async () => {
        if (id === undefined) return await create(told, given);
        if (!isUuid(id)) throw notThere();
        return await replace(told, id, given);
      }),
    degress: ({ id }: Named, told: Told) =>
      told.failures.keep(async () => {
        if (id === undefined || !isUuid(id)) throw notThere();
        await remove(told, id);
      }),
  };
}
