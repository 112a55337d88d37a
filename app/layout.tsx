import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { Hydrated } from "@/components/ui/hydrated.tsx";
import { isTheme, themeCookie } from "@/components/ui/preferences.ts";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Daybook", template: "%s · Daybook" },
  description: "Who ran what, where, when and through which session.",
  icons: { icon: "/icon.svg" },
};

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#101113" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = (await cookies()).get(themeCookie)?.value;
  return (
    <html lang="en" className={isTheme(theme) ? theme : "system"}>
      <body>
        {children}
        <Hydrated />
      </body>
    </html>
  );
}
