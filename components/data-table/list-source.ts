export type FetchedPage<R> = {
  rows: R[];
  nextCursor: string | null;
  scannedTo: string | null;
  /** Of a first page: what has been recorded after it is new. */
  position: string | null;
};
export type FetchPage<R> = (place: {
  after: string | null;
  limit: number;
  signal: AbortSignal;
}) => Promise<FetchedPage<R>>;

/** What is listed: `newestFirst` says which way cursors run, `first` is its first page where that is known. */
export type ListSource<R> = {
  fetchPage: FetchPage<R>;
  newestFirst: boolean;
  first: FetchedPage<R> | undefined;
};
