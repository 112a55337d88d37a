import { NextRequest } from "next/server";
import { authenticate } from "./authenticate.ts";
import { answerOf, origin } from "./test-next-auth.ts";

// Signing in as a browser does, without a server around it.

/** A request to next-auth's part. */
export function send(
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  const headers = new Headers({
    "x-daybook-address": "192.0.2.1",
    "x-daybook-request-id": "request-1",
    ...init.headers,
  });
  return answerOf(new NextRequest(`${origin}/api/auth/${path}`, { ...init, headers }));
}

export function cookiesOf(response: Response): string[] {
  return response.headers.getSetCookie();
}

type Browser = {
  cookie?: string;
  headers?: Record<string, string>;
  csrf?: false;
  callbackUrl?: string;
};
type Form = Browser & { email: string; password: string };

/** The first step: email and password. */
export function signIn({ email, password, ...form }: Form): Promise<Response> {
  return post({ email, password }, form);
}

/** The second step, with the challenge's cookie beside others. */
export function sendCode(code: string, form: Browser): Promise<Response> {
  return post({ code }, form);
}

async function post(
  fields: { [name: string]: string },
  { cookie, headers, csrf, callbackUrl }: Browser,
): Promise<Response> {
  const token = await send("csrf");
  const { csrfToken } = (await token.json()) as { csrfToken: string };
  const jar = [...cookiesOf(token).map((set) => set.split(";", 1)[0]), cookie].filter(Boolean).join("; ");
  const form = {
    ...fields,
    ...(callbackUrl === undefined ? { json: "true" } : { callbackUrl }),
    ...(csrf === false ? {} : { csrfToken }),
  };
  return await send("callback/credentials", {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      cookie: jar,
      origin,
      host: "localhost:3000",
      ...headers,
    },
    body: new URLSearchParams(form).toString(),
  });
}

/** The challenge that an answer to the first step gives its browser, as a request's cookie. */
export function challengeOf(response: Response): string {
  const set = cookiesOf(response).find((cookie) => cookie.startsWith("daybook.challenge="));
  if (set === undefined) throw new Error("There is no challenge");
  return set.split(";", 1)[0] ?? "";
}

export function sessionCookie(response: Response): string {
  const set = cookiesOf(response).find((cookie) => cookie.startsWith("daybook.session="));
  if (set === undefined) throw new Error("There is no session cookie");
  return set.split(";", 1)[0] ?? "";
}

export const whoIs = (cookie: string) =>
  authenticate(new Request(`${origin}/api/v1/me`, { headers: { cookie } }));
