import { LogSkeleton } from "@/components/logs/log-skeleton.tsx";

export default function LoadingLog() {
  return <LogSkeleton />;
}
