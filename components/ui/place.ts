const gap = 4;
const margin = 8;

/** Places a shown panel under its button, or above where there is more room, never outside of the window. */
export function placeBeside(panel: HTMLElement, button: HTMLElement, align: "start" | "end"): void {
  const anchor = button.getBoundingClientRect();
  const { width, height } = panel.getBoundingClientRect();
  const below = window.innerHeight - anchor.bottom;
  const above = below < height + gap + margin && anchor.top > below;
  const left = align === "end" ? anchor.right - width : anchor.left;
  const top = above ? anchor.top - height - gap : anchor.bottom + gap;
  panel.style.position = "fixed";
  panel.style.left = `${Math.max(margin, Math.min(left, window.innerWidth - width - margin))}px`;
  panel.style.top = `${Math.max(margin, top)}px`;
}
