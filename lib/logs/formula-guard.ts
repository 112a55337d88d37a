/**
 * Cells that a spreadsheet would run as a formula get one leading apostrophe; taking it off again restores
 * the value. Byte-order marks and zero-width characters do not hide a formula.
 */

/** What a spreadsheet skips before it looks for a formula, and the apostrophes that are there already. */
const skipped = "'\\u200B-\\u200F\\u2060-\\u2064\\uFEFF";
const starters = "=+\\-@\\t\\r\\n\\0\\uFF1D\\uFF0B\\uFF0D\\uFF20";

const formula = new RegExp(`^[${skipped}]*[${starters}]`);

/** The same pattern for PostgreSQL, whose text never holds NUL. */
export const formulaSqlPattern = `^[${skipped}]*[${starters.replace("\\0", "")}]`;

/** Guards one cell. */
export function guardFormula(value: string): string {
  return formula.test(value) ? `'${value}` : value;
}

/** Takes the guard off: `unguardFormula(guardFormula(x)) === x` for every text. */
export function unguardFormula(cell: string): string {
  return cell.startsWith("'") && formula.test(cell.slice(1)) ? cell.slice(1) : cell;
}
