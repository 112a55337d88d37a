import { useId, useState } from "react";
import { ApiError } from "@/components/logs/log-api.ts";
import { faultText } from "./source-api.ts";

type Marks = { "aria-invalid"?: true; "aria-describedby"?: string };

/** What the server refused of a form: one text, and marks for the fields that it is about. */
export function useFault(): {
  /** Of the element that holds the text. */
  id: string;
  text: string | undefined;
  /** @throws what is no refusal */
  refuse: (error: unknown) => void;
  faultOf: (field: string) => Marks;
} {
  const id = useId();
  const [fault, setFault] = useState<{ text: string; fields: ReadonlySet<string> }>();
  return {
    id,
    text: fault?.text,
    refuse: (error) => {
      const wrong = error instanceof ApiError ? error.errors.map(({ parameter }) => parameter) : [];
      setFault({ text: faultText(error), fields: new Set(wrong) });
    },
    faultOf: (field) => (fault?.fields.has(field) ? { "aria-invalid": true, "aria-describedby": id } : {}),
  };
}
