import { fileAnswer } from "@/lib/recordings/server/file-answer.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** The bytes as they were received. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(request, "recordings.original", (principal) => fileAnswer(principal, id, "original"));
}
