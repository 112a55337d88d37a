import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfCookie } from "@/lib/auth/server/authenticate.ts";
import type { TestInstallation } from "@/lib/auth/server/test-installation.ts";
import type { ProviderItem } from "../provider.ts";
import { type ProviderWish, providerWish } from "../provider-wish.ts";
import { createProvider } from "./providers.ts";
import type { TestProvider } from "./test-provider.ts";

/** Somebody new who may set up identity providers. */
export async function testSuperuser(
  installation: TestInstallation,
  organizationId = installation.organizationId,
): Promise<Principal> {
  const { cookie } = await installation.login(await installation.addUser("superuser", { organizationId }));
  const principal = await principalOfCookie(new Headers({ cookie }));
  if (!principal) throw new Error("The superuser is not signed in");
  return principal;
}

/**
 * Sets an organization up for signing in through a test's provider.
 * @param redirects where the provider may send browsers back to, to which the new one is added
 */
export async function connectProvider(
  owner: Principal,
  { issuer, clientId, clientSecret }: TestProvider,
  redirects: string[],
  wish: Partial<ProviderWish>,
): Promise<ProviderItem> {
  const settings = { name: `Provider ${redirects.length}`, kind: "oidc", issuer, clientId, clientSecret };
  const item = await createProvider(owner, providerWish.parse({ ...settings, ...wish }));
  redirects.push(`http://localhost:3000/api/auth/callback/${item.id}`);
  return item;
}
