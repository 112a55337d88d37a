import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { safeNext } from "@/lib/auth/next-path.ts";
import { enrolmentPath } from "@/lib/auth/second-factor.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";
import { EnrolFirst } from "./enrol-first.tsx";

export const metadata: Metadata = { title: "Set up a second factor" };

export default async function SecondFactorPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>;
}) {
  const { next } = await searchParams;
  const given = safeNext(typeof next === "string" ? next : undefined);
  const target = given.startsWith(enrolmentPath) ? "/" : given;
  const { email, organizationName } = await asPage(
    "second-factor.read",
    enrolmentPath,
    async (principal) => {
      if (principal.mustEnrol !== true) redirect(target);
      return principal;
    },
    { enrolling: true, permission: "sign-in:manage-own" },
  );
  return <EnrolFirst email={email} organizationName={organizationName} next={target} />;
}
