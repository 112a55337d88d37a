import type { TokenWish } from "@/lib/auth/api-token.ts";

export type FieldErrors = { [field: string]: string };

/** What the API refused, for the person to read. */
export class Refused extends Error {
  readonly fields: FieldErrors;

  constructor(message: string, fields: FieldErrors = {}) {
    super(message);
    this.fields = fields;
  }
}

/** @returns the token, which only this answer holds @throws Refused */
export async function requestToken(wish: TokenWish): Promise<string> {
  const answer = await send("/api/v1/tokens", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(wish),
  });
  const { token }: { token: string } = await answer.json();
  return token;
}

/** @throws Refused */
export async function requestRevocation(id: string, reason: string): Promise<void> {
  await send(`/api/v1/tokens/${id}?${new URLSearchParams({ reason })}`, { method: "DELETE" });
}

type ProblemDocument = {
  detail?: string;
  requestId?: string;
  errors?: { parameter: string; reason: string }[];
};

async function send(path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch {
    // fetch tells a page nothing but that it failed.
    throw new Refused("Daybook does not answer. Nothing was changed, as far as this page knows.");
  }
  if (answer.ok) return answer;
  const problem: ProblemDocument = await answer.json().catch(() => ({}));
  const fields = (problem.errors ?? []).map(({ parameter, reason }) => [
    parameter.split(".", 1)[0] ?? "",
    reason,
  ]);
  const id = problem.requestId === undefined ? "" : ` (request ${problem.requestId})`;
  throw new Refused(`${problem.detail ?? `Status ${answer.status}.`}${id}`, Object.fromEntries(fields));
}
