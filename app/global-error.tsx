"use client";

import { ErrorPage } from "@/components/shell/error-page.tsx";
import { Hydrated } from "@/components/ui/hydrated.tsx";
import { ToastProvider } from "@/components/ui/toast.tsx";
import "./globals.css";

export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en" className="system">
      <body>
        <title>Daybook</title>
        <ToastProvider>
          <main>
            <ErrorPage error={error} onRetry={retry} />
          </main>
        </ToastProvider>
        <Hydrated />
      </body>
    </html>
  );
}
