import { ToastProvider } from "@/components/ui/toast.tsx";
import ConsoleNotFound from "./(console)/not-found.tsx";

export default function NotFound() {
  return (
    <ToastProvider>
      <main>
        <ConsoleNotFound />
      </main>
    </ToastProvider>
  );
}
