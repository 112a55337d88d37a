import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { LogExplorer } from "@/components/logs/log-explorer.tsx";
import { isLogSlug, logView } from "@/lib/logs/views.ts";
import { loadLog, type SearchParams } from "../load-log.ts";

type PageProps = { params: Promise<{ view: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { view } = await params;
  return isLogSlug(view) ? { title: logView(view).title } : {};
}

export default async function LogPage({ params, searchParams }: PageProps) {
  const { view: slug } = await params;
  // The audit log has its own place, behind the cog.
  if (!isLogSlug(slug) || slug === "audit-log") notFound();
  const loaded = await loadLog(slug, await searchParams);
  return <LogExplorer key={slug} slug={slug} {...loaded} />;
}
