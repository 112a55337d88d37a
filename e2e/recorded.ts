import { type APIRequestContext, expect, type Page } from "@playwright/test";
import { castText, shellSession } from "./casts.ts";

export type Uploaded = { id: string; connectionId: string; word: string; user: string };

/** A word that is in no other recording, and in no name of a person or a target. */
export const freshWord = (): string => `w${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;

/** A token of a new source that recordings are posted with. */
export async function recorderToken(request: APIRequestContext): Promise<string> {
  const made = await request.post("/api/v1/sources", {
    headers: { "sec-fetch-site": "same-origin" },
    data: { name: `Recorder ${freshWord()}`, kind: "recordings" },
  });
  expect(made.status(), await made.text()).toBe(201);
  return ((await made.json()) as { token: string }).token;
}

/** Posts the bytes of a recording as a program does. @param fields of the form beside its file */
export async function postRecording(
  request: APIRequestContext,
  token: string,
  cast: Buffer,
  fields: { [name: string]: string },
): Promise<{ id: string; connectionId: string }> {
  const file = { name: "x.cast", mimeType: "application/x-asciicast", buffer: cast };
  const answer = await request.post("/api/v1/recordings", {
    headers: { authorization: `Bearer ${token}`, cookie: "" },
    multipart: { target: "web-1", targetUser: "root", ...fields, file },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  return (await answer.json()) as { id: string; connectionId: string };
}

/** Waits until a recording was worked out. */
export async function worked(request: APIRequestContext, id: string): Promise<void> {
  const state = async () =>
    ((await (await request.get(`/api/v1/recordings/${id}`)).json()) as { state: string }).state;
  await expect.poll(state, { timeout: 120_000 }).toBe("ready");
}

/** Uploads a recording as a program does, and waits until it was worked out. */
export async function upload(
  page: Page,
  cast = shellSession,
  user = `${freshWord()}@example.org`,
): Promise<Uploaded> {
  const word = freshWord();
  const { request } = page;
  const token = await recorderToken(request);
  const { id, connectionId } = await postRecording(request, token, Buffer.from(castText(cast(word))), {
    user,
  });
  await worked(request, id);
  return { id, connectionId, word, user };
}

/** The terminal as somebody reads it. */
export const screen = (page: Page) => page.locator(".ap-term-text");
export const position = (page: Page) => page.getByRole("slider", { name: "Position" });
