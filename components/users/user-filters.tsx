import Form from "next/form";
import { Button } from "@/components/ui/button.tsx";
import { Field, Input, Select } from "@/components/ui/input.tsx";
import { roles } from "@/lib/auth/roles.ts";
import { listedStates } from "@/lib/users/user.ts";

/** What the address of the list asks for, as it was given. */
export type Asked = { match: string; role: string; status: string };

/** Narrows the list of people by its address. */
export function UserFilters({ asked }: { asked: Asked }) {
  const { match, role, status } = asked;
  return (
    <search>
      <Form
        key={`${match} ${role} ${status}`}
        action="/settings/users"
        prefetch={false}
        className="flex flex-wrap items-end gap-2"
      >
        <Field label="Name, address or login name">
          <Input type="search" name="match" defaultValue={match} maxLength={200} className="w-64" />
        </Field>
        <Field label="Role">
          <Select name="role" defaultValue={role} className="w-32">
            <option value="">any</option>
            {roles.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </Select>
        </Field>
        <Field label="State">
          <Select name="status" defaultValue={status} className="w-32">
            <option value="">any</option>
            {listedStates.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </Select>
        </Field>
        <Button type="submit">Find</Button>
      </Form>
    </search>
  );
}
