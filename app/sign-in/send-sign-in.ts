const unreachable = "Daybook does not answer. Look whether it is running and reachable, and try again.";

/** How a step went: signed in, or the code that is owed after the password, or what went wrong, for the person to read. */
export type Outcome = {
  signedIn?: true;
  owesCode?: true;
  fault?: string;
  /** The password has to be typed again. */
  again?: true;
};

const wrongPassword =
  "Email or password are not right, or there were too many attempts. After many, wait a quarter of an hour.";
const wrongCode =
  "The code is not right or was used before, or there were too many attempts. After many, wait a quarter of an hour.";

/** The first step. */
export async function sendPassword(email: string, password: string): Promise<Outcome> {
  const { answer, fault } = await send({ email, password });
  if (!answer) return { fault };
  if (answer.ok)
    return ((await answer.json()) as { next?: string }).next ? { owesCode: true } : { signedIn: true };
  return { fault: answer.status === 401 ? wrongPassword : await detailOf(answer) };
}

/** The second step: a code of the app, or a recovery code. */
export async function sendCode(code: string): Promise<Outcome> {
  const { answer, fault } = await send({ code });
  if (!answer) return { fault };
  if (answer.ok) return { signedIn: true };
  if (answer.status !== 401) return { fault: await detailOf(answer) };
  // A wrong code is answered without a problem document; one that comes too late with it.
  const isLate = answer.headers.get("content-type")?.startsWith("application/problem+json");
  return isLate ? { fault: await detailOf(answer), again: true } : { fault: wrongCode };
}

type Sent = { answer: Response; fault?: never } | { answer?: never; fault: string };

async function send(fields: { [name: string]: string }): Promise<Sent> {
  try {
    const form = await fetch("/api/auth/csrf", { cache: "no-store" });
    if (!form.ok) return { fault: await detailOf(form) };
    const { csrfToken }: { csrfToken: string } = await form.json();
    const answer = await fetch("/api/auth/callback/credentials", {
      method: "POST",
      body: new URLSearchParams({ ...fields, csrfToken, json: "true" }),
    });
    return { answer };
  } catch {
    // fetch tells a page nothing but that it failed.
    return { fault: unreachable };
  }
}

/** @returns where the provider signs people in, or what went wrong, for the person to read */
export async function beginSingleSignOn(
  providerId: string,
  next: string,
): Promise<{ url: string } | { fault: string }> {
  try {
    const form = await fetch("/api/auth/csrf", { cache: "no-store" });
    if (!form.ok) return { fault: await detailOf(form) };
    const { csrfToken }: { csrfToken: string } = await form.json();
    const answer = await fetch(`/api/auth/signin/${providerId}`, {
      method: "POST",
      body: new URLSearchParams({ csrfToken, callbackUrl: next, json: "true" }),
    });
    return answer.ok ? await answer.json() : { fault: await detailOf(answer) };
  } catch {
    return { fault: unreachable };
  }
}

async function detailOf(answer: Response): Promise<string> {
  const problem: { detail?: unknown } | undefined = await answer.json().catch(() => undefined);
  return typeof problem?.detail === "string"
    ? problem.detail
    : `Signing in failed with status ${answer.status}.`;
}
