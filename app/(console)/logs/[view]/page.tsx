import type { Metadata } from "next";
import { LogExplorer } from "@/components/logs/log-explorer.tsx";
import { isLogSlug, logView } from "@/lib/logs/views.ts";
import { loadLog, requireLogPage, type SearchParams } from "../load-log.ts";

type PageProps = { params: Promise<{ view: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { view } = await params;
  return isLogSlug(view) ? { title: logView(view).title } : {};
}

export default async function LogPage({ params, searchParams }: PageProps) {
  const slug = requireLogPage((await params).view);
  const loaded = await loadLog(slug, await searchParams);
  return <LogExplorer key={slug} slug={slug} {...loaded} />;
}
