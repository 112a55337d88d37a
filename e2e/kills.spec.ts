import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const fresh = (): string => crypto.randomUUID().slice(0, 8);

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))])).toEqual([]);
}

/** A host that has opened a connection. */
type Host = { token: string; connectionId: string; target: string };

async function openConnection({ request }: Page): Promise<Host> {
  const made = await request.post("/api/v1/sources", {
    headers: { "sec-fetch-site": "same-origin" },
    data: { name: `Host ${fresh()}`, kind: "recordings" },
  });
  const { token } = (await made.json()) as { token: string };
  const target = `web-${fresh()}`;
  const opened = await request.post("/api/v1/connections", {
    headers: { authorization: `Bearer ${token}`, cookie: "" },
    form: { user: "eve@example.org", target, targetUser: "root", clientAddress: "203.0.113.9" },
  });
  expect(opened.status(), await opened.text()).toBe(201);
  const { id } = (await opened.json()) as { id: string };
  return { token, connectionId: id, target };
}

/** Listens as a host does, and resolves with its first kill. */
async function listen(
  url: string,
  { token }: Host,
): Promise<{ kill: Promise<string>; asked: ClientRequest }> {
  const asked = httpRequest(`${url}/api/v1/kills`, { headers: { authorization: `Bearer ${token}` } });
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.once("response", resolve).once("error", reject).end();
  });
  expect(answer.statusCode).toBe(200);
  const kill = new Promise<string>((resolve) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      const [, id] = /^data: \{"id":"([^"]+)"/m.exec(text) ?? [];
      if (id !== undefined) resolve(id);
    });
    answer.on("error", () => undefined);
  });
  return { kill, asked };
}

test("a session is ended from its page once its host listens, and the page tells each step", async ({
  page,
  daybook,
}) => {
  const host = await openConnection(page);
  const report = async (id: string, state: string): Promise<void> => {
    const headers = { authorization: `Bearer ${host.token}`, cookie: "" };
    const told = await page.request.post(`/api/v1/kills/${id}`, { headers, form: { state } });
    expect(told.status(), await told.text()).toBe(200);
  };
  await page.goto(`/connections/${host.connectionId}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(`eve@example.org on ${host.target}`);
  const end = page.getByRole("button", { name: "End session" });
  await expect(end).toHaveCount(0);

  const { kill, asked } = await listen(daybook.url, host);
  await page.reload();
  await end.click();
  const dialog = page.getByRole("dialog", { name: "End this session?" });
  await expectAccessible(page);
  await dialog.getByRole("textbox", { name: "Reason" }).fill("left unattended");
  await dialog.getByRole("button", { name: "End session" }).click();
  const id = await kill;
  await expect(page.getByText("The host has not been told yet")).toBeVisible();
  await expect(end).toHaveCount(0);
  // The page sees by itself what becomes of the request.
  await report(id, "acknowledged");
  await expect(page.getByText("The host was told, and has not said that it is over.")).toBeVisible();
  await expectAccessible(page);
  await report(id, "ended");
  asked.destroy();
  await expect(page.getByText("asked for the end of this session")).toHaveCount(0);
  await expect(page.getByRole("main")).toContainText("closed");

  await page.goto(`/connections/${host.connectionId}?tab=events`);
  await expect(page.getByRole("region", { name: "Connection events" }).getByRole("listitem")).toHaveText([
    /open/,
    /closed.*ended by .+@/,
  ]);
  await expect(page.getByRole("region", { name: "Requests for its end" }).getByRole("listitem")).toHaveText([
    /requested.*left unattended/,
    /acknowledged.*Host/,
    /ended.*Host/,
  ]);
  await expectAccessible(page);
});

test("deleting a target ends its connections", async ({ page }) => {
  const host = await openConnection(page);
  await page.goto(`/settings/targets?match=${host.target}`);
  await page.getByRole("button", { name: `Delete ${host.target}` }).click();
  const dialog = page.getByRole("dialog", { name: `Delete “${host.target}”?` });
  await expectAccessible(page);
  await dialog.getByRole("textbox", { name: "Reason" }).fill("scrapped");
  await dialog.getByRole("button", { name: "Delete target" }).click();
  await expect(page.getByText(`Deleted ${host.target}. 1 closed in the record alone.`)).toBeVisible();
  await expect(page.getByText("has “")).toBeVisible();
  await page.goto(`/logs/connection-events?connection=${host.connectionId}`);
  await expect(page.getByRole("gridcell", { name: /^.+@.+ deleted target$/ })).toBeVisible();
});
