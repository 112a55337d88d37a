"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { passwordLength } from "@/lib/auth/limits.ts";

/** The field for a password that is chosen now; what is typed can be looked at instead of typed twice. */
export function NewPassword({ invalid }: { invalid: boolean }) {
  const [visible, setVisible] = useState(false);
  const Shown = visible ? EyeOff : Eye;
  return (
    <div className="relative">
      <Field label="New password" hint={`at least ${passwordLength.min} characters`}>
        <Input
          className="h-9 pr-10"
          type={visible ? "text" : "password"}
          name="password"
          autoComplete="new-password"
          minLength={passwordLength.min}
          maxLength={passwordLength.max}
          required
          {...(invalid && { "aria-invalid": true })}
        />
      </Field>
      <Button
        look="quiet"
        square
        className="absolute right-0.5 bottom-0.5"
        aria-pressed={visible}
        aria-label="Show password"
        onClick={() => setVisible(!visible)}
      >
        <Shown aria-hidden className="size-4" />
      </Button>
    </div>
  );
}
