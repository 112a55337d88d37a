import { leaveWhenSignedOut } from "@/components/shell/leave-signed-out.ts";
import type { Row } from "./log-api.ts";

export type StreamState =
  | { status: "connecting" | "flowing" | "asleep" | "refused" }
  /** Rows are there but may not be shown yet: an older transaction is still open. */
  | { status: "held"; seconds: number; by: string };

/** @param left rows that matched before, perhaps, and no longer do */
type OnRows = (rows: Row[], left: Row[]) => void;

/** Events are gathered this long: a thousand a second are seven changes of the page. */
const gatherMs = 150;
/** A page that nobody sees gives its connection back: browsers have six for each server. */
const sleepMs = 60_000;
const retryMs = 5_000;

/** Rows of a log as they are recorded. It reconnects by itself and goes on where it was. */
export class LiveStream {
  private source: EventSource | undefined;
  private readonly gathered = new Map<string, { row: Row; left: boolean }>();
  private gathering: ReturnType<typeof setTimeout> | undefined;
  private sleeping: ReturnType<typeof setTimeout> | undefined;
  private retrying: ReturnType<typeof setTimeout> | undefined;
  private position: string | null;
  private readonly slug: string;
  private readonly params: URLSearchParams;
  private readonly onRows: OnRows;
  private readonly onState: (state: StreamState) => void;

  constructor(
    slug: string,
    params: URLSearchParams,
    position: string | null,
    onRows: OnRows,
    onState: (state: StreamState) => void,
  ) {
    this.slug = slug;
    this.params = params;
    this.position = position;
    this.onRows = onRows;
    this.onState = onState;
    document.addEventListener("visibilitychange", this.onVisibility);
    this.open();
  }

  private open(): void {
    const query = new URLSearchParams(this.params);
    if (this.position !== null) query.set("since", this.position);
    const source = new EventSource(`/api/v1/logs/${this.slug}/live?${query}`);
    this.source = source;
    this.onState({ status: "connecting" });
    source.onopen = () => this.onState({ status: "flowing" });
    source.onerror = () => this.onFailure(source);
    source.addEventListener("ended", () => void leaveWhenSignedOut());
    source.addEventListener("rows", (event) => {
      this.keepPosition(event);
      const { rows, left = [] } = JSON.parse(event.data) as { rows: Row[]; left?: Row[] };
      this.gather(rows, false);
      this.gather(left, true);
    });
    source.addEventListener("held", (event) => {
      this.keepPosition(event);
      const { seconds, by } = JSON.parse(event.data) as { seconds: number; by: string };
      this.onState({ status: "held", seconds, by });
    });
    source.addEventListener("flowing", (event) => {
      this.keepPosition(event);
      this.onState({ status: "flowing" });
    });
  }

  private keepPosition(event: MessageEvent): void {
    if (event.lastEventId !== "") this.position = event.lastEventId;
  }

  /** A lost connection is opened again by the browser; one that was refused is not, and is tried again later. */
  private onFailure(source: EventSource): void {
    if (source.readyState !== EventSource.CLOSED) {
      this.onState({ status: "connecting" });
      return;
    }
    this.onState({ status: "refused" });
    void leaveWhenSignedOut();
    clearTimeout(this.retrying);
    this.retrying = setTimeout(() => this.open(), retryMs);
  }

  /** What a row was told to be last counts. */
  private gather(rows: Row[], left: boolean): void {
    for (const row of rows) {
      this.gathered.delete(row.id);
      this.gathered.set(row.id, { row, left });
    }
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      const all = [...this.gathered.values()];
      this.gathered.clear();
      const rowsThat = (have: boolean) => all.filter((each) => each.left === have).map(({ row }) => row);
      this.onRows(rowsThat(false), rowsThat(true));
    }, gatherMs);
  }

  private onVisibility = (): void => {
    clearTimeout(this.sleeping);
    if (document.hidden) {
      this.sleeping = setTimeout(() => {
        this.stop();
        this.onState({ status: "asleep" });
      }, sleepMs);
    } else if (!this.source) this.open();
  };

  private stop(): void {
    this.source?.close();
    this.source = undefined;
    clearTimeout(this.retrying);
  }

  close(): void {
    this.stop();
    clearTimeout(this.gathering);
    clearTimeout(this.sleeping);
    document.removeEventListener("visibilitychange", this.onVisibility);
  }
}
