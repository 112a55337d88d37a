import type { Principal } from "../principal.ts";
import { permissionsOf } from "../roles.ts";
import type { TestUser } from "./test-installation.ts";

/** A person who is signed in, as a request's principal. */
export function testPrincipal({ id, email, role, organizationId }: TestUser): Principal {
  return {
    kind: "user",
    id,
    userId: id,
    name: email,
    email,
    logins: [],
    role,
    sharedOnly: false,
    reach: "all",
    organizationId,
    organizationName: "First",
    scopes: permissionsOf(role),
    requestId: "test",
    address: "192.0.2.1",
    userAgent: "test",
  };
}
