import { MessagePage } from "@/components/shell/message-page.tsx";

export default function Forbidden() {
  return (
    <MessagePage
      title="This is not for your role"
      text="Ask a superuser of your organization when you need it. That you asked is recorded."
    />
  );
}
