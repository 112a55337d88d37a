import type { Metadata } from "next";
import { PolicyForm } from "@/components/sign-in-policy/policy-form.tsx";
import { Moment } from "@/components/sources/moment.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { countSecondFactors, readSignInPolicy } from "@/lib/auth/server/sign-in-policy.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Sign-in policy" };

export default async function SignInPolicyPage() {
  const { policy, counts } = await asPage(
    "sign-in-policy.read",
    "/settings/sign-in-policy",
    async ({ organizationId }) => ({
      policy: await readSignInPolicy(organizationId),
      counts: await countSecondFactors(organizationId),
    }),
    { permission: "sign-in-policy:manage" },
  );
  return (
    <SettingsPage
      title="Sign-in policy"
      about={
        <>
          What your organization asks of those who sign in.{" "}
          {policy.updatedAt === null ? (
            "Nobody has set anything yet."
          ) : (
            <>
              Set by <VisibleText text={policy.updatedBy ?? "somebody"} /> on{" "}
              <Moment time={policy.updatedAt} otherwise="" withZone />.
            </>
          )}
        </>
      }
    >
      <PolicyForm key={policy.updatedAt} policy={policy} counts={counts} />
    </SettingsPage>
  );
}
