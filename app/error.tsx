"use client";

import { ErrorPage } from "@/components/shell/error-page.tsx";
import { ToastProvider } from "@/components/ui/toast.tsx";

export default function RootError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <ToastProvider>
      <main>
        <ErrorPage error={error} onRetry={retry} />
      </main>
    </ToastProvider>
  );
}
