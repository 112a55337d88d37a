import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What curl got. */
export type Answer = {
  status: number;
  body: { [name: string]: unknown };
  headers: { [name: string]: string };
};

/**
 * Posts with the real curl, as a source does.
 * @param args its arguments: the URL, headers, the body
 * @throws Error with curl's own words when there was no whole answer
 */
export async function curl(...args: string[]): Promise<Answer> {
  const format = "\n%{http_code} %{header_json}";
  const options = { maxBuffer: 64 * 1024 ** 2 };
  const { stdout } = await promisify(execFile)("curl", ["-sS", "-w", format, ...args], options);
  const [, body = "", status = "", headers = "{}"] = /^(.*)\n(\d{3}) (\{.*\})\s*$/s.exec(stdout) ?? [];
  const values = Object.entries(JSON.parse(headers) as { [name: string]: string[] });
  return {
    status: Number(status),
    body: (body.startsWith("{") ? JSON.parse(body) : {}) as Answer["body"],
    headers: Object.fromEntries(values.map(([name, [value = ""]]) => [name, value])),
  };
}

export const bearer = (token: string): string[] => ["-H", `Authorization: Bearer ${token}`];
