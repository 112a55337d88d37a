import { type FormEvent, useState, useSyncExternalStore } from "react";

const never = () => () => undefined;

export type FormState = { state: "open" | "busy" | "done"; fault?: string };

/** A form that is sent by script. @param send says what went wrong, or nothing when it was done */
export function useForm(send: (fields: FormData) => Promise<string | undefined>) {
  const [form, setForm] = useState<FormState>({ state: "open" });
  // Before React has the form, the browser would send it by itself.
  const ready = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  async function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setForm({ state: "busy" });
    const fault = await send(fields);
    setForm(fault === undefined ? { state: "done" } : { state: "open", fault });
  }
  return { ...form, onSubmit, disabled: !ready || form.state === "busy" };
}
