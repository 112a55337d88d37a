"use client";

import { usePathname } from "next/navigation";
import { Segment, SegmentLink, Tab, TabStrip } from "@/components/ui/tabs.tsx";
import { kubernetesPages, logPages } from "./pages.ts";

/** The five log views; the Kubernetes tab switches between its two. */
export function LogTabs() {
  const path = usePathname();
  const inKubernetes = kubernetesPages.some(({ href }) => href === path);
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-3 border-b border-line px-2 sm:px-3">
      <TabStrip label="Log views">
        {logPages.map(({ href, title, slug }) => (
          <Tab
            key={href}
            href={href}
            current={href === path || (slug === "kubernetes-commands" && inKubernetes)}
          >
            {title}
          </Tab>
        ))}
      </TabStrip>
      {inKubernetes && (
        <nav aria-label="Kubernetes" className="max-sm:py-1">
          <Segment label="Kubernetes log">
            {kubernetesPages.map(({ href, title }) => (
              <SegmentLink key={href} href={href} current={href === path}>
                {title}
              </SegmentLink>
            ))}
          </Segment>
        </nav>
      )}
    </div>
  );
}
