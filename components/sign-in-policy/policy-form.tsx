"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { formatCount } from "@/components/logs/format-values.ts";
import { callApi } from "@/components/logs/log-api.ts";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Checkbox, Field, Input } from "@/components/ui/input.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { durationText } from "@/lib/auth/duration.ts";
import { type Role, roles } from "@/lib/auth/roles.ts";
import { policyBounds, type RoleCounts, type SignInPolicy } from "@/lib/auth/sign-in-policy.ts";

type Wish = Pick<SignInPolicy, "secondFactorRoles" | "idleMinutes" | "absoluteHours">;
type FormProps = { policy: SignInPolicy; counts: RoleCounts };

/** Who needs a second factor, and how long sessions last. Before it is saved, the page says whom it is about. */
export function PolicyForm({ policy, counts }: FormProps) {
  const router = useRouter();
  const notify = useNotify();
  const [asked, setAsked] = useState<Wish>();
  const [fault, setFault] = useState<string>();
  const { idleMinutes: idle, absoluteHours: absolute } = policyBounds;

  function ask(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const wish = {
      secondFactorRoles: roles.filter((role) => form.getAll("roles").includes(role)),
      idleMinutes: Number(form.get("idleMinutes")),
      absoluteHours: Number(form.get("absoluteHours")),
    };
    if (wish.idleMinutes > wish.absoluteHours * 60) {
      setFault("A session cannot be left alone for longer than it lasts: the first number is too large.");
      return;
    }
    setFault(undefined);
    setAsked(wish);
  }

  return (
    <>
      <form onSubmit={ask} className="flex max-w-xl flex-col gap-5">
        <fieldset className="flex flex-col gap-1.5">
          <legend className="pb-1 text-xs font-medium text-ink-2">
            A second factor is needed by{" "}
            <span className="font-normal text-ink-3">nobody when none is chosen</span>
          </legend>
          {roles.map((role) => (
            <label key={role} htmlFor={`role-${role}`} className="flex items-center gap-2">
              <Checkbox
                id={`role-${role}`}
                name="roles"
                value={role}
                defaultChecked={policy.secondFactorRoles.includes(role)}
              />
              <span className="min-w-20">{role}</span>
              <span className="text-xs text-ink-2">{countText(counts[role])}</span>
            </label>
          ))}
          <p className="pt-1 text-ink-2">
            Who lacks one sets it up right after the password, and sees nothing else before; in sessions that
            are open too. API tokens go on. Who signs in by an identity provider is that provider’s matter.
          </p>
        </fieldset>
        <Field
          label="Sign out when not used for"
          hint={`minutes, from ${idle.min} to ${formatCount(idle.max)} (a week)`}
        >
          <Bounded name="idleMinutes" bounds={idle} value={policy.idleMinutes} />
        </Field>
        <Field
          label="Sign out in any case after"
          hint={`hours, from ${absolute.min} to ${absolute.max} (30 days)`}
        >
          <Bounded name="absoluteHours" bounds={absolute} value={policy.absoluteHours} />
        </Field>
        <p className="text-ink-2">
          Shorter times hold for sessions that are open too; longer ones for those that begin from now on. A
          page that only shows live rows is not a use.
        </p>
        <div role="alert">{fault !== undefined && <p className="text-failure">{fault}</p>}</div>
        <div>
          <Button type="submit" look="primary">
            Change …
          </Button>
        </div>
      </form>
      <ConfirmChange
        open={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title="Change how people sign in?"
        action="Change"
        working="Changing …"
        look="primary"
        reasonNeeded
        onConfirm={async (reason) => {
          await callApi("/sign-in-policy", {
            method: "PUT",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ ...asked, reason }),
          });
          notify("Changed how people sign in");
          router.refresh();
        }}
      >
        <p>{asked && wording(asked, counts)}</p>
      </ConfirmChange>
    </>
  );
}

type Bounds = { min: number; max: number };

function Bounded({ name, bounds, value }: { name: string; bounds: Bounds; value: number }) {
  return (
    <Input
      type="number"
      name={name}
      min={bounds.min}
      max={bounds.max}
      step={1}
      defaultValue={value}
      required
      className="max-w-40"
    />
  );
}

function countText({ people, withSecondFactor }: RoleCounts[Role]): string {
  if (people === 0) return "nobody";
  return `${people} ${people === 1 ? "person" : "people"}, ${withSecondFactor} with a second factor`;
}

function wording({ secondFactorRoles, idleMinutes, absoluteHours }: Wish, counts: RoleCounts): string {
  const lacking = secondFactorRoles.reduce(
    (sum, role) => sum + counts[role].people - counts[role].withSecondFactor,
    0,
  );
  const needed =
    secondFactorRoles.length === 0
      ? "Nobody needs a second factor."
      : `${lacking === 0 ? "Nobody" : lacking === 1 ? "One person" : `${lacking} people`} will have to set up a second factor at once.`;
  return `${needed} Sessions end ${durationText(idleMinutes)} after their last use and ${durationText(absoluteHours * 60)} after sign-in.`;
}
