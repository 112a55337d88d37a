import "server-only";
import { type Answer, json, type Parameter, queryParameter, schemaRef } from "../operation.ts";

export const recordingTag = "Session recordings";

export const reason: Parameter = {
  ...queryParameter("reason", "The caller's words, for the audit log.", {
    type: "string",
    minLength: 1,
    maxLength: 500,
  }),
  required: true,
};
export function answer(description: string, schema: string): Answer {
  return { description, content: json(schemaRef(schema)) };
}
