import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./fixtures.ts";

test("a deployment token makes a host a source, once, and is deleted with a reason", async ({
  page,
  playwright,
  daybook,
}) => {
  const name = `Hosts ${crypto.randomUUID().slice(0, 8)}`;
  const host = `host-${crypto.randomUUID().slice(0, 8)}`;
  await page.goto("/settings/sources");
  await page.getByRole("link", { name: "Deployment tokens" }).click();
  await page.getByRole("button", { name: "Create token" }).click();
  const dialog = page.getByRole("dialog", { name: "Create a deployment token" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await dialog.getByRole("combobox", { name: "What the hosts send" }).selectOption("native");
  await dialog.getByRole("textbox", { name: /^Cluster/ }).fill("blue");
  await dialog.getByRole("combobox", { name: "Expires" }).selectOption("in a day");
  await dialog.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByRole("heading", { name: `Deployment token “${name}” is ready` })).toBeFocused();
  const token = await page.getByText(/^dbd_[0-9A-Za-z]{38}$/).innerText();
  await expect(page.getByText(`DAYBOOK_DEPLOYMENT_TOKEN=${token}`)).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  const asHost = await playwright.request.newContext({
    baseURL: daybook.url,
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  });
  const paired = await asHost.post("/api/v1/pair", { form: { host } });
  expect(paired.status()).toBe(201);
  const { token: sourceToken } = (await paired.json()) as { token: string };
  const posted = await asHost.post("/api/v1/ingest/native", {
    headers: { authorization: `Bearer ${sourceToken}`, "content-type": "application/x-ndjson" },
    data: JSON.stringify({
      log: "commands",
      id: "1",
      time: "2026-11-21T08:45:32Z",
      user: "ann",
      target: host,
      command: "id",
    }),
  });
  expect(await posted.json()).toMatchObject({ accepted: 1 });
  const second = await asHost.post("/api/v1/pair", { form: { host: `${host}-b` } });
  expect(second.status()).toBe(410);
  await asHost.dispose();

  await page.getByRole("button", { name: "I have kept it" }).click();
  const line = page.getByRole("listitem").filter({ hasText: name });
  await expect(line).toContainText("used up");
  await expect(line).toContainText("1 of 1 host has paired");
  await expect(page.getByText(token)).toBeHidden();
  await line.getByRole("button", { name: `Delete ${name}` }).click();
  await page.getByRole("textbox", { name: "Reason" }).fill("all hosts have paired");
  await page.getByRole("button", { name: "Delete token" }).click();
  await expect(line).toBeHidden();
  await page.goto(`/settings/audit-log?target=${encodeURIComponent(name)}`);
  await expect(page.getByText("all hosts have paired").first()).toBeVisible();
  await page.goto("/settings/sources");
  await page.getByRole("link", { name: host, exact: true }).click();
  await expect(page.getByRole("heading", { name: host })).toBeVisible();
});
