const unreachable = "Daybook does not answer. Look whether it is running and reachable, and try again.";

/** @returns what went wrong, for the person to read; undefined when signed in */
export async function sendSignIn(email: string, password: string): Promise<string | undefined> {
  try {
    const form = await fetch("/api/auth/csrf", { cache: "no-store" });
    if (!form.ok) return await faultOf(form);
    const { csrfToken }: { csrfToken: string } = await form.json();
    const answer = await fetch("/api/auth/callback/credentials", {
      method: "POST",
      body: new URLSearchParams({ email, password, csrfToken, json: "true" }),
    });
    return answer.ok ? undefined : await faultOf(answer);
  } catch {
    // fetch tells a page nothing but that it failed.
    return unreachable;
  }
}

/** @returns where the provider signs people in, or what went wrong, for the person to read */
export async function beginSingleSignOn(
  providerId: string,
  next: string,
): Promise<{ url: string } | { fault: string }> {
  try {
    const form = await fetch("/api/auth/csrf", { cache: "no-store" });
    if (!form.ok) return { fault: await faultOf(form) };
    const { csrfToken }: { csrfToken: string } = await form.json();
    const answer = await fetch(`/api/auth/signin/${providerId}`, {
      method: "POST",
      body: new URLSearchParams({ csrfToken, callbackUrl: next, json: "true" }),
    });
    return answer.ok ? await answer.json() : { fault: await faultOf(answer) };
  } catch {
    return { fault: unreachable };
  }
}

async function faultOf(answer: Response): Promise<string> {
  if (answer.status === 401) {
    return "Email or password are not right, or there were too many attempts. After many, wait a quarter of an hour.";
  }
  const problem: { detail?: unknown } | undefined = await answer.json().catch(() => undefined);
  return typeof problem?.detail === "string"
    ? problem.detail
    : `Signing in failed with status ${answer.status}.`;
}
