type Problem = { detail?: unknown };

/** Sends one of the forms for people who are not signed in. @returns what went wrong, for the person to read */
export async function sendForm(
  form: "activate" | "forgot-password" | "reset-password",
  body: { [field: string]: string },
): Promise<string | undefined> {
  let answer: Response;
  try {
    answer = await fetch(`/api/auth/${form}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    // fetch tells a page nothing but that it failed.
    return "Daybook does not answer. Look whether it is running and reachable, and try again.";
  }
  if (answer.ok) return undefined;
  const problem: Problem | undefined = await answer.json().catch(() => undefined);
  return typeof problem?.detail === "string"
    ? problem.detail
    : `Daybook answered with status ${answer.status}.`;
}
