import Link from "next/link";
import { CodeBlock } from "@/components/sources/code-block.tsx";
import { buttonClass } from "@/components/ui/button.tsx";

/** Before the first recording: how one gets here. */
export function FirstRecording({ origin, mayAddSources }: { origin: string; mayAddSources: boolean }) {
  return (
    <div className="flex max-w-3xl flex-col gap-4 border-y border-line py-6">
      <p className="text-ink-2">
        There is no recording yet. The shortest way to one is your own terminal, with the asciinema command
        line:
      </p>
      <CodeBlock
        title="Record a session of your own, and send it"
        text={`export ASCIINEMA_API_URL=${origin} ASCIINEMA_SERVER_URL=${origin}
asciinema auth                 # open the address that it prints, and confirm
asciinema rec demo.cast        # exit ends the recording
asciinema upload demo.cast`}
      />
      <p className="text-ink-2">
        Recordings of other people’s sessions (script, ttyrec, tlog, sudo’s I/O logs, asciicast) are posted
        with the token of a source of the kind recordings.
      </p>
      {mayAddSources && (
        <div>
          <Link
            href="/settings/sources/new?kind=recordings"
            prefetch={false}
            className={buttonClass("primary")}
          >
            Create a source
          </Link>
        </div>
      )}
    </div>
  );
}
