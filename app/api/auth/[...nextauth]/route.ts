import { serveNextAuth } from "@/lib/auth/server/sign-in-route.ts";

export { serveNextAuth as GET, serveNextAuth as POST };
