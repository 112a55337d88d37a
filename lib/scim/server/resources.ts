import "server-only";
import SCIMMY from "scimmy";
import { isUuid } from "@/lib/http/id.ts";
import type { ScimContext } from "./context.ts";
import { type Failures, notThere, scimFault } from "./errors.ts";
import { createGroup, deleteGroup, readGroups, replaceGroup } from "./groups.ts";
import { createUser, deleteUser, readUsers, replaceUser } from "./users.ts";

/** What each handler is told beside the request: whose token it came with, and where a failure is kept. */
export type Told = ScimContext & { failures: Failures };

type Handlers<Shown> = {
  read: (context: ScimContext, id?: string) => Promise<Shown[]>;
  create: (context: ScimContext, given: object) => Promise<Shown>;
  replace: (context: ScimContext, id: string, given: object) => Promise<Shown>;
  remove: (context: ScimContext, id: string) => Promise<void>;
};

/** What a resource of the library names: one by its id, or those that a filter finds. */
type Named = { id?: string | undefined; filter?: { match: (values: object[]) => object[] } | undefined };

/** @throws a fault of SCIM where the library cannot follow a filter, as into an attribute that holds no others */
function matching(filter: NonNullable<Named["filter"]>, all: object[]): object[] {
  try {
    return filter.match(all);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw scimFault(400, "The filter names an attribute that is not there.", "invalidFilter");
  }
}

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
    ...handlers({ read: readUsers, create: createUser, replace: replaceUser, remove: deleteUser }),
  });
  Resources.declare(Resources.Group, {
    basepath: basePath,
    ...handlers({ read: readGroups, create: createGroup, replace: replaceGroup, remove: deleteGroup }),
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

function handlers<Shown extends object>({ read, create, replace, remove }: Handlers<Shown>) {
  return {
    egress: ({ id, filter }: Named, told: Told) =>
      told.failures.keep(async () => {
        if (id === undefined) {
          const all = await read(told);
          return filter ? matching(filter, all) : all;
        }
        const [one] = isUuid(id) ? await read(told, id) : [];
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
