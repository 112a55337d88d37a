/** What went wrong with a form, told to whoever listens. */
export function FormFault({ fault }: { fault: string | undefined }) {
  return (
    <div role="alert">
      {fault !== undefined && (
        <p className="rounded-md border border-failure bg-failure-soft px-3 py-2 text-failure">{fault}</p>
      )}
    </div>
  );
}
