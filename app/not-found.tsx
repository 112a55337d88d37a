import { MessagePage } from "@/components/shell/message-page.tsx";

export default function NotFound() {
  return (
    <main>
      <MessagePage
        title="There is no such page"
        text="The address may be mistyped, or what it names is gone."
      />
    </main>
  );
}
