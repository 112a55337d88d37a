import { fileAnswer } from "@/lib/recordings/server/file-answer.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** The recording as an asciicast v2. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(request, "recordings.cast", (principal) => fileAnswer(principal, id, "cast"));
}
