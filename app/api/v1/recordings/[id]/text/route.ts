import { fileAnswer } from "@/lib/recordings/server/file-answer.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** What was seen, as text with times. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(request, "recordings.text", (principal) => fileAnswer(principal, id, "text"));
}
