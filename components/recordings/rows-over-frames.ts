import { FrameBudget } from "./frame-budget.ts";

/**
 * Pieces of text in colours of their own that are put on the page in one frame. A piece costs some 45 µs on a slow
 * core, nearly all of it the browser's own: styles, layout, paint.
 */
const piecesPerFrame = 400;

/**
 * asciinema-player 3.17 puts all rows that changed on the page in one frame, which for a screen full of colours takes
 * the page 100 ms. From here on it puts many of them there over several frames; rows show what they showed until then.
 * Few changes are shown at once, as before.
 * @param box what a player was made in
 */
export function rowsOverFrames(box: HTMLElement): void {
  const text = box.querySelector("pre.ap-term-text");
  if (!text) throw new Error("The player has no text.");
  const budget = new FrameBudget<Element>(piecesPerFrame, (next) => requestAnimationFrame(next));
  // A larger terminal gets back the rows that a smaller one gave up.
  const taken = new WeakSet<Node>();

  function takeOver(row: Node): void {
    if (!(row instanceof Element) || taken.has(row)) return;
    taken.add(row);
    const replace = row.replaceChildren.bind(row);
    row.replaceChildren = (...nodes) => {
      const [pieces] = nodes;
      const cost = pieces instanceof DocumentFragment ? pieces.childNodes.length : nodes.length;
      budget.add(row, cost, () => replace(...nodes));
    };
  }
  for (const row of text.children) takeOver(row);
  // A larger terminal gets more rows, within the frame that fills them.
  const append = text.appendChild.bind(text);
  text.appendChild = (node) => {
    const rows = node instanceof DocumentFragment ? [...node.childNodes] : [node];
    const added = append(node);
    for (const row of rows) takeOver(row);
    return added;
  };
}
