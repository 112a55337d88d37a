import http from "node:http";

/** Connections that stay open, as a browser or a program with a pool keeps them. */
export function connections(count: number): http.Agent {
  return new http.Agent({ keepAlive: true, maxSockets: count });
}

export type Asked = { status: number; body: string };

/** One request; resolves when the last byte of the answer is there. */
export function ask(
  url: string,
  {
    agent,
    token,
    method = "GET",
    body,
    type,
  }: {
    agent: http.Agent;
    token: string;
    method?: string;
    body?: Uint8Array;
    type?: string;
  },
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body && { "content-length": body.length, "content-type": type }),
    };
    const request = http.request(url, { agent, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** @throws Error with the answer, when it is not a 200 */
export function expectOk({ status, body }: Asked, what: string): string {
  if (status !== 200) throw new Error(`${what} was answered with ${status}: ${body.slice(0, 500)}`);
  return body;
}
