/** Where a form says what was refused; fields name it by `id`. */
export function FormFault({ id, text }: { id: string; text: string | undefined }) {
  return (
    <div id={id} role="alert">
      {text !== undefined && <p className="text-failure">{text}</p>}
    </div>
  );
}
