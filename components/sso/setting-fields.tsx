import type { ComponentProps } from "react";
import { Checkbox, Field, Input, Select } from "@/components/ui/input.tsx";
import {
  kindTitles,
  type ProviderSettings,
  providedRoles,
  providerKinds,
  providerLimits,
  signingAlgorithms,
} from "@/lib/sso/provider.ts";

type FieldsProps = {
  settings: ProviderSettings | undefined;
  faultOf: (field: string) => { "aria-invalid"?: true; "aria-describedby"?: string };
};

/** How Daybook reaches the provider. */
export function ConnectionFields({ settings, faultOf }: FieldsProps) {
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className="pb-2 font-semibold">Connection</legend>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name" hint="on the button">
          <Input
            name="name"
            required
            maxLength={providerLimits.name}
            defaultValue={settings?.name}
            placeholder="Example Corp"
            {...faultOf("name")}
          />
        </Field>
        <Field label="Kind" hint="names its sign-ins in the audit log">
          <Select name="kind" defaultValue={settings?.kind ?? "oidc"} {...faultOf("kind")}>
            {[...providerKinds].reverse().map((kind) => (
              <option key={kind} value={kind}>
                {kindTitles[kind]}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      <Field label="Issuer" hint="as the provider’s discovery document names it">
        <Input
          name="issuer"
          type="url"
          required
          maxLength={providerLimits.issuer}
          defaultValue={settings?.issuer}
          placeholder="https://login.example.org"
          {...faultOf("issuer")}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-3">
        <Field label="Client ID">
          <Input
            name="clientId"
            required
            maxLength={providerLimits.clientId}
            defaultValue={settings?.clientId}
            {...faultOf("clientId")}
          />
        </Field>
        <Field label="Client secret" hint={settings ? "empty keeps it" : "never shown again"}>
          <Input
            name="clientSecret"
            type="password"
            autoComplete="new-password"
            required={settings === undefined}
            maxLength={providerLimits.clientSecret}
            {...faultOf("clientSecret")}
          />
        </Field>
        <Field label="ID tokens are signed with">
          <Select name="signingAlgorithm" defaultValue={settings?.signingAlgorithm ?? "RS256"}>
            {signingAlgorithms.map((algorithm) => (
              <option key={algorithm}>{algorithm}</option>
            ))}
          </Select>
        </Field>
      </div>
      <CheckLine
        label="Sign out at the provider too: who signs out of Daybook is sent on to the provider's page for that"
        name="signsOut"
        defaultChecked={settings?.signsOut ?? false}
      />
      <CheckLine
        label="Enabled: people can sign in with it, and its token provisions"
        name="enabled"
        defaultChecked={settings?.enabled ?? true}
      />
    </fieldset>
  );
}

/** Whose account somebody gets. */
export function AccountFields({ settings, faultOf }: FieldsProps) {
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className="pb-2 font-semibold">Accounts</legend>
      <div className="grid gap-4 sm:grid-cols-3">
        <Field label="An account is found">
          <Select name="findsBy" defaultValue={settings?.findsBy ?? "email"}>
            <option value="email">by its email address</option>
            <option value="subject">when it was linked before</option>
          </Select>
        </Field>
        <Field label="New accounts are">
          <Select
            name="accountRole"
            defaultValue={settings?.accountRole ?? "member"}
            {...faultOf("accountRole")}
          >
            <Roles />
          </Select>
        </Field>
        <Field label="SCIM gives at most">
          <Select name="highestRole" defaultValue={settings?.highestRole ?? "member"}>
            <Roles />
          </Select>
        </Field>
      </div>
      <div className="flex flex-col gap-2">
        <CheckLine
          label="Make an account at the first sign-in of somebody unknown"
          name="createsAccounts"
          defaultChecked={settings?.createsAccounts ?? false}
        />
        <CheckLine
          label="Let new accounts see everything that their role may; else they see what their groups see"
          name="givesGlobalScope"
          defaultChecked={settings?.givesGlobalScope ?? false}
        />
        <CheckLine
          label="Trust addresses that the provider does not state as verified"
          name="trustsEmails"
          defaultChecked={settings?.trustsEmails ?? false}
        />
        <p className="text-xs text-ink-2">
          Trust them only where people cannot choose their address: whoever can becomes whoever they like.
        </p>
      </div>
    </fieldset>
  );
}

function Roles() {
  return providedRoles.map((role) => <option key={role}>{role}</option>);
}

/** A checkbox and its label, which may take several lines. */
function CheckLine({ label, ...props }: { label: string } & ComponentProps<"input">) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is inside
    <label className="flex items-start gap-2">
      <Checkbox className="mt-0.5" {...props} />
      <span>{label}</span>
    </label>
  );
}
