"use client";

import { Dialog } from "@/components/ui/dialog.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";

const groups = [
  {
    title: "Everywhere",
    keys: [
      ["Ctrl K", "Search, go to"],
      ["?", "This list"],
      ["g c", "Commands"],
      ["g k", "Kubernetes"],
      ["g o", "Connections"],
      ["g e", "Connection Events"],
      ["g u", "User Events"],
      ["g r", "Session Recordings"],
      ["g a", "Audit Log"],
    ],
  },
  {
    title: "Filters",
    keys: [
      ["/", "Search the text"],
      ["t", "Time range"],
      ["+", "Add a filter"],
      ["⌫", "Clear all filters"],
      ["l", "Pause and resume live rows"],
    ],
  },
  {
    title: "Rows",
    keys: [
      ["j", "Next row"],
      ["k", "Previous row"],
      ["Enter", "Open the row"],
      ["Esc", "Close the row"],
      ["← →", "Cell of the row"],
    ],
  },
  {
    title: "On a cell",
    keys: [
      ["f", "Filter for this value"],
      ["x", "Filter it out"],
      ["c", "Copy it"],
    ],
  },
  {
    title: "In a recording",
    keys: [
      ["Space", "Play and pause"],
      ["← →", "Five seconds back and on"],
      ["[ ]", "Command or marker before and after"],
      [", .", "Frame before and after"],
      ["0 … 9", "To a tenth of the recording"],
      ["f", "Full screen"],
    ],
  },
] as const;

export function KeyboardHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard">
      <div className="grid gap-x-8 gap-y-4 p-4 sm:grid-cols-2">
        {groups.map(({ title, keys }) => (
          <section key={title}>
            <h3 className="pb-1 text-xs font-medium text-ink-3">{title}</h3>
            <dl>
              {keys.map(([key, what]) => (
                <div key={key} className="flex items-center justify-between gap-4 border-b border-line py-1">
                  <dt>{what}</dt>
                  <dd>
                    <Kbd keys={key} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
