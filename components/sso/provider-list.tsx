"use client";

import { Plus } from "lucide-react";
import Link from "next/link";
import { Moment } from "@/components/sources/moment.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { buttonClass } from "@/components/ui/button.tsx";
import { cx } from "@/components/ui/cx.ts";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import { cellClass, headClass } from "@/components/ui/table-classes.ts";
import { ZoneName } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { kindTitles, type ProviderItem } from "@/lib/sso/provider.ts";

const fromMd = "max-md:hidden";

/** The providers of the organization. */
export function ProviderList({ providers }: { providers: readonly ProviderItem[] }) {
  return (
    <SettingsPage
      title="Identity providers"
      about={
        <>
          Where people sign in instead of with a password, and what may look after their accounts and groups
          by SCIM.
        </>
      }
      action={
        <Link href="/settings/identity-providers/new" prefetch={false} className={buttonClass("primary")}>
          <Plus aria-hidden className="size-4" />
          Add provider
        </Link>
      }
    >
      {providers.length === 0 ? <NoProviders /> : <ProviderTable providers={providers} />}
    </SettingsPage>
  );
}

function ProviderTable({ providers }: { providers: readonly ProviderItem[] }) {
  return (
    <table className="w-full table-fixed border-collapse">
      <caption className="sr-only">Identity providers</caption>
      <thead>
        <tr>
          <th scope="col" className={headClass}>
            Name
          </th>
          <th scope="col" className={cx(headClass, fromMd, "w-36")}>
            Kind
          </th>
          <th scope="col" className={cx(headClass, fromMd, "w-24 text-right")}>
            Accounts
          </th>
          <th scope="col" className={cx(headClass, fromMd, "w-48")}>
            Provisioned last <ZoneName />
          </th>
          <th scope="col" className={cx(headClass, "w-20")}>
            State
          </th>
        </tr>
      </thead>
      <tbody>
        {providers.map(({ id, name, kind, issuer, accounts, scim, enabled }) => (
          <tr key={id} className="hover:bg-hover">
            <th scope="row" className={cx(cellClass, "text-left font-normal wrap-anywhere")}>
              <Link
                href={`/settings/identity-providers/${id}`}
                prefetch={false}
                className="font-medium hover:underline"
              >
                <VisibleText text={name} />
              </Link>
              <div className="text-xs text-ink-2">
                <VisibleText text={issuer} />
              </div>
              <div className="text-xs text-ink-2 md:hidden">
                {kindTitles[kind]}, {accounts} {accounts === 1 ? "account" : "accounts"}
              </div>
            </th>
            <td className={cx(cellClass, fromMd)}>{kindTitles[kind]}</td>
            <td className={cx(cellClass, fromMd, "text-right tabular")}>{accounts}</td>
            <td className={cx(cellClass, fromMd)}>
              {scim ? (
                <Moment time={scim.lastUsedAt} otherwise="not yet" />
              ) : (
                <Moment time={null} otherwise="no token" />
              )}
            </td>
            <td className={cellClass}>
              {enabled ? <Badge tone="good">on</Badge> : <Badge tone="faint">off</Badge>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function NoProviders() {
  return (
    <EmptyState>
      <p>
        No provider yet. Add one that speaks OpenID Connect (Entra ID, Okta, Keycloak, Google and others do),
        and the sign-in page has a button for it.
      </p>
    </EmptyState>
  );
}
