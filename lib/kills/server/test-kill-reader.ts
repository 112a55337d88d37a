/** A kill as a source is told of it. */
type Told = {
  id: string;
  connectionId: string;
  state: string;
  user: string;
  reason: string;
  message: string;
};

/** Reads a stream of kills in a test. */
export class KillReader {
  readonly kills: Told[] = [];
  /** The ids of the events. */
  readonly ids: string[] = [];
  readonly #stop = new AbortController();
  #taken = 0;
  #came: () => void = () => undefined;
  ended: Promise<void> = Promise.resolve();

  /** Resolves once the stream has begun. */
  async open(url: string, headers: { [name: string]: string }): Promise<void> {
    const response = await fetch(url, { headers, signal: this.#stop.signal });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    this.ended = this.#read(response).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) throw error;
    });
  }

  /** The next kill that was not taken yet. */
  async next(): Promise<Told> {
    for (;;) {
      const kill = this.kills[this.#taken];
      if (kill) {
        this.#taken++;
        return kill;
      }
      await new Promise<void>((resolve) => {
        this.#came = resolve;
      });
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.ended;
  }

  async #read(response: Response): Promise<void> {
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString("utf8");
      const parts = text.split("\n\n");
      text = parts.pop() ?? "";
      for (const part of parts) {
        const [, id] = /^id: (\d+)$/m.exec(part) ?? [];
        const [, data] = /^data: (.*)$/m.exec(part) ?? [];
        if (id === undefined || data === undefined) continue;
        this.ids.push(id);
        this.kills.push(JSON.parse(data) as Told);
        this.#came();
      }
    }
  }
}
