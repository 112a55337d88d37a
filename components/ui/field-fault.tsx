/** What is wrong with a field, below it; the field is described by it. */
export function FieldFault({ id, fault }: { id: string; fault: string | undefined }) {
  if (fault === undefined) return null;
  return (
    <p id={id} className="max-w-56 text-xs text-failure">
      {fault}
    </p>
  );
}
