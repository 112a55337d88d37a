import { headers } from "next/headers";
import { MessagePage } from "@/components/shell/message-page.tsx";
import { requestFacts } from "@/lib/http/request-facts.ts";

export default async function Forbidden() {
  return (
    <MessagePage
      title="This is not for your role"
      text="Ask a superuser of your organization when you need it. That you asked is recorded."
      requestId={requestFacts(await headers()).requestId}
    />
  );
}
