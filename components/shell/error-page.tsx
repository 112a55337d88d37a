"use client";

import { useEffect } from "react";
import { Button, buttonClass } from "@/components/ui/button.tsx";
import { RequestId } from "./request-id.tsx";

/** The id under which the server's log has the error, where it came from there. */
function digestOf(error: unknown): string | undefined {
  return error instanceof Error && "digest" in error && typeof error.digest === "string"
    ? error.digest
    : undefined;
}

/** Errors of a log's page carry their request's id; Next numbers the others by itself. */
function isRequestId(digest: string): boolean {
  return !/^\d+$/.test(digest);
}

/** A page that could not be made: what is still right, the request's id, and what to do. */
export function ErrorPage({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const digest = digestOf(error);
  useEffect(() => {
    if (digest === undefined) console.error(error);
  }, [error, digest]);
  return (
    <div role="alert" className="mx-auto flex max-w-xl flex-col items-start gap-4 px-4 py-16">
      <h1 className="text-lg font-semibold">This page could not be shown</h1>
      <p className="text-ink-2">
        {digest === undefined && error instanceof Error ? error.message : "Something failed on the server."}{" "}
        The record itself is not touched by this: nothing that was received is lost.
      </p>
      {digest !== undefined && <RequestId id={digest} label={isRequestId(digest) ? "Request" : "Error"} />}
      <p className="text-ink-2">
        Try again. If it fails again, give this id and the time to whoever runs Daybook: its log says why.
      </p>
      <div className="flex gap-2">
        <Button look="primary" onClick={onRetry}>
          Try again
        </Button>
        <a href="/logs/commands" className={buttonClass()}>
          To the logs
        </a>
      </div>
    </div>
  );
}
