/** JSON that is stored as it is written: parsed and written again, blanks, numbers and repeated keys would change. */
export class JsonText {
  /** @param text must be JSON */
  constructor(readonly text: string) {}
}
