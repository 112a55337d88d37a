"use client";

import { Pencil, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Moment } from "@/components/sources/moment.tsx";
import { Button } from "@/components/ui/button.tsx";
import { cx } from "@/components/ui/cx.ts";
import { headClass } from "@/components/ui/table-classes.ts";
import { ZoneName } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { SpaceLine, TargetLine } from "@/lib/targets/target-line.ts";
import { DeleteTarget } from "./delete-target.tsx";
import { DescribeDialog } from "./describe-dialog.tsx";
import type { ListName } from "./target-api.ts";

type Line = SpaceLine & Partial<Pick<TargetLine, "kind">>;

const cell = "border-b border-line px-2 align-top";
const text = "py-1.5";

/** Targets or spaces; a target's kind has a column of its own. */
export function TargetTable({ list, lines }: { list: ListName; lines: readonly Line[] }) {
  const router = useRouter();
  const [described, setDescribed] = useState<Line>();
  const [deleted, setDeleted] = useState<Line>();
  const withKind = list === "targets";
  return (
    <>
      <table className="w-full table-fixed border-collapse">
        <thead>
          <tr>
            <th scope="col" className={cx(headClass, "sm:w-64")}>
              Name
            </th>
            {withKind && (
              <th scope="col" className={cx(headClass, "w-28 max-md:hidden")}>
                Kind
              </th>
            )}
            <th scope="col" className={cx(headClass, "max-sm:hidden")}>
              Description
            </th>
            <th scope="col" className={cx(headClass, "w-44 max-md:hidden")}>
              First seen <ZoneName />
            </th>
            <th scope="col" className={cx(headClass, withKind ? "w-20" : "w-12")}>
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.id} className="hover:bg-hover">
              <th scope="row" className={cx(cell, text, "text-left font-medium wrap-anywhere")}>
                <VisibleText text={line.name} />
                <div className="text-xs font-normal text-ink-2 md:hidden">
                  {withKind && `${line.kind}, `}first seen <Moment time={line.firstSeen} otherwise="" />{" "}
                  <ZoneName />
                </div>
                <div className="text-xs font-normal text-ink-2 sm:hidden">{line.description}</div>
              </th>
              {withKind && <td className={cx(cell, text, "truncate max-md:hidden")}>{line.kind}</td>}
              <td className={cx(cell, text, "wrap-anywhere max-sm:hidden")}>
                {line.description === "" ? <span className="text-ink-3">none yet</span> : line.description}
              </td>
              <td className={cx(cell, text, "max-md:hidden")}>
                <Moment time={line.firstSeen} otherwise="" />
              </td>
              <td className={cx(cell, "py-1 text-right")}>
                <Button
                  look="quiet"
                  size="sm"
                  square
                  aria-label={`Describe ${line.name}`}
                  onClick={() => setDescribed(line)}
                >
                  <Pencil aria-hidden className="size-3.5" />
                </Button>
                {withKind && (
                  <Button
                    look="quiet"
                    size="sm"
                    square
                    aria-label={`Delete ${line.name}`}
                    onClick={() => setDeleted(line)}
                  >
                    <Trash2 aria-hidden className="size-3.5" />
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <DescribeDialog
        list={list}
        line={described}
        onClose={() => setDescribed(undefined)}
        onDescribed={() => router.refresh()}
      />
      <DeleteTarget
        target={deleted}
        onClose={() => setDeleted(undefined)}
        onDeleted={() => router.refresh()}
      />
    </>
  );
}
