import "server-only";
import type { Permission } from "@/lib/auth/roles.ts";
import { operation, type Paths, pathParameter, schemaRef } from "../operation.ts";
import { answer, reason } from "./recording-parts.ts";

/** Identity providers of the organization. SCIM has documents of its own, at /scim/v2/Schemas. */
export function providerPaths(): Paths {
  const shared = {
    tag: "Identity providers",
    permission: "identity-providers:manage" satisfies Permission,
  } as const;
  const parameters = [pathParameter("id", "The id of the provider.")];
  const done = { description: "Done." };
  return {
    "/api/v1/identity-providers": {
      get: operation({
        ...shared,
        id: "listIdentityProviders",
        summary: "Identity providers for single sign-on and provisioning, without their secrets",
        answers: { 200: answer("The providers, by name.", "IdentityProviders") },
      }),
      post: operation({
        ...shared,
        id: "createIdentityProvider",
        summary: "Adds an identity provider",
        body: schemaRef("IdentityProviderWish"),
        answers: { 201: answer("The provider.", "IdentityProvider") },
        errors: [409],
      }),
    },
    "/api/v1/identity-providers/test": {
      post: operation({
        ...shared,
        id: "testIdentityProvider",
        summary: "Reads an issuer's discovery document and keys, and says what is wrong; nothing is kept",
        body: schemaRef("IdentityProviderProbe"),
        answers: { 200: answer("What was found.", "IdentityProviderTest") },
      }),
    },
    "/api/v1/identity-providers/{id}": {
      get: operation({
        ...shared,
        id: "getIdentityProvider",
        summary: "One identity provider",
        parameters,
        answers: { 200: answer("The provider.", "IdentityProvider") },
        errors: [404],
      }),
      put: operation({
        ...shared,
        id: "changeIdentityProvider",
        summary: "Sets all of an identity provider anew; without a client secret the one that is there stays",
        parameters,
        body: schemaRef("IdentityProviderChange"),
        answers: { 200: answer("The provider.", "IdentityProvider") },
        errors: [404, 409],
      }),
      delete: operation({
        ...shared,
        id: "deleteIdentityProvider",
        summary: "Removes an identity provider; accounts that it made or linked stay",
        parameters: [...parameters, reason],
        answers: { 204: done },
        errors: [400, 404],
      }),
    },
    "/api/v1/identity-providers/{id}/provisioning-token": {
      post: operation({
        ...shared,
        id: "createProvisioningToken",
        summary: "Makes the provider's token for SCIM 2.0 at /scim/v2, in place of one that there is",
        parameters,
        answers: { 201: answer("The token.", "ProvisioningToken") },
        errors: [404],
      }),
      delete: operation({
        ...shared,
        id: "revokeProvisioningToken",
        summary: "Revokes the provider's token for SCIM",
        parameters: [...parameters, reason],
        answers: { 204: done },
        errors: [400, 404, 409],
      }),
    },
  };
}
