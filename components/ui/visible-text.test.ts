import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { nameOfUnseen, VisibleText } from "./visible-text.tsx";

function textOf(text: string, lines = false): string {
  return renderToStaticMarkup(createElement(VisibleText, { text, lines })).replace(/<[^>]*>/g, "");
}

describe("VisibleText", () => {
  it("shows what a terminal or a browser would act upon", () => {
    expect(textOf("ls\u001b[2K\rrm -rf /\n")).toBe("ls\\x1b[2K\\rrm -rf /\\n");
    expect(textOf("invoice\u202Efdp.exe")).toBe("invoiceU+202Efdp.exe");
    expect(textOf("a\u200bb\u2028c\u0000d\u0085")).toBe("aU+200BbU+2028c\\0d\\x85");
  });

  it("keeps lines where they are wanted, and ordinary text of any script", () => {
    expect(textOf("one\n\ttwo\r\n", true)).toBe("one\n\ttwo\\r\n");
    expect(textOf("Жанна 日本 naïve 👩")).toBe("Жанна 日本 naïve 👩");
  });

  it("keeps text of the other direction to itself", () => {
    expect(renderToStaticMarkup(createElement(VisibleText, { text: "שלום" }))).toBe("<bdi>שלום</bdi>");
  });

  it("names characters beyond the first plane", () => {
    expect(nameOfUnseen("\u{E0041}")).toBe("U+E0041");
  });
});
