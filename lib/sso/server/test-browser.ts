import { NextRequest } from "next/server";
import { answerOf, origin } from "@/lib/auth/server/test-next-auth.ts";

/** A browser as far as signing in goes: it keeps cookies of Daybook and of the provider apart. */
export class TestBrowser {
  readonly own = new Map<string, string>();
  readonly #foreign = new Map<string, string>();

  /** A request to Daybook. */
  async ask(
    path: string,
    init: { method?: string; body?: URLSearchParams; headers?: { [name: string]: string } } = {},
  ) {
    const headers = new Headers({
      "x-daybook-address": "192.0.2.1",
      cookie: [...this.own].map(([name, value]) => `${name}=${value}`).join("; "),
      host: "localhost:3000",
      origin,
      ...(init.body && { "content-type": "application/x-www-form-urlencoded" }),
      ...init.headers,
    });
    const { method = "GET", body } = init;
    const request = new NextRequest(`${origin}${path}`, {
      method,
      headers,
      ...(body && { body: String(body) }),
    });
    const response = await answerOf(request);
    keep(this.own, response);
    return response;
  }

  /** Presses the button of a provider. @returns the answer, whose `url` leads to the provider */
  async press(providerId: string, callbackUrl = "/"): Promise<Response> {
    const form = await this.ask("/api/auth/csrf");
    const { csrfToken } = (await form.json()) as { csrfToken: string };
    return await this.ask(`/api/auth/signin/${providerId}`, {
      method: "POST",
      body: new URLSearchParams({ csrfToken, callbackUrl, json: "true" }),
    });
  }

  /** Follows the provider's pages until it leads back to Daybook. @returns the path and query of the way back */
  async visit(url: string): Promise<string> {
    let address = new URL(url);
    for (let steps = 0; steps < 15; steps++) {
      if (address.origin === origin) return `${address.pathname}${address.search}`;
      const response = await this.#fetch(address);
      const location = response.headers.get("location");
      if (location === null)
        throw new Error(`${address.href} answers ${response.status}: ${await response.text()}`);
      address = new URL(location, address);
    }
    throw new Error("The provider leads round and round");
  }

  /** Says yes on the provider's page that asks whether to sign out. @returns where it leads then */
  async leave(url: string): Promise<string | null> {
    const page = await this.#fetch(url);
    const text = await page.text();
    const [, action = "none"] = /<form[^>]* action="([^"]+)"/.exec(text) ?? [];
    const [, xsrf = ""] = /name="xsrf" value="([^"]+)"/.exec(text) ?? [];
    const body = new URLSearchParams({ xsrf, logout: "yes" });
    const done = await this.#fetch(action, { method: "POST", body });
    return done.headers.get("location");
  }

  /** A request to the provider, one step of it. */
  async #fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#foreign].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { redirect: "manual", headers: { cookie }, ...init });
    keep(this.#foreign, response);
    return response;
  }

  /** All of it: the button, the provider, the way back. */
  async signIn(providerId: string, callbackUrl?: string): Promise<Response> {
    const pressed = await this.press(providerId, callbackUrl);
    const { url } = (await pressed.json()) as { url: string };
    return await this.ask(await this.visit(url));
  }

  /** The session's cookie as a header. */
  get session(): string | undefined {
    const value = this.own.get("daybook.session");
    return value === undefined ? undefined : `daybook.session=${value}`;
  }
}

function keep(jar: Map<string, string>, response: Response): void {
  for (const set of response.headers.getSetCookie()) {
    const [pair = ""] = set.split(";", 1);
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    if (value === "" || /max-age=0/i.test(set)) jar.delete(name);
    else jar.set(name, value);
  }
}
