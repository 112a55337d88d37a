import { headers } from "next/headers";
import { MessagePage } from "@/components/shell/message-page.tsx";
import { requestFacts } from "@/lib/http/request-facts.ts";

export default async function NotFound() {
  return (
    <MessagePage
      title="There is no such page"
      text="The address may be mistyped, or what it names is gone."
      requestId={requestFacts(await headers()).requestId}
    />
  );
}
