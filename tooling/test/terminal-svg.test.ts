import { expect, test } from "vitest"
import { terminalSvg } from "../pictures/terminalSvg.ts"

const texts = (svg: string) =>
  [...svg.matchAll(/<text x="([\d.]+)" y="(\d+)" textLength="[\d.]+"(?: fill="([^"]+)")?[^>]*>([^<]*)</g)].map(
    ([, x, y, color, text]) => [x, y, color, text]
  )

test("what stands in columns stays in them, wide characters among it", () => {
  expect(texts(terminalSvg("a    b\n日本  c\n\n", 10, "t"))).toEqual([
    ["14", "27", undefined, "a"],
    ["56", "27", undefined, "b"],
    ["14", "45", undefined, "日本"],
    ["64.4", "45", undefined, "c"]
  ])
})

test("colors and what ends them are as in the window, and nothing of a text is markup", () => {
  const svg = terminalSvg("\u001b[32mgreen\u001b[38;2;1;2;3mown\u001b[38;5;196mred\u001b[39m<&>", 20, "a<b")
  expect(texts(svg).map(([, , color, text]) => [color, text])).toEqual([
    ["#98c379", "green"],
    ["#010203", "own"],
    ["#ff0000", "red"],
    [undefined, "&lt;&amp;&gt;"]
  ])
  expect(svg).toContain("<title>a&lt;b</title>")
})

test("a reversed blank is drawn, as a chosen row is", () => {
  expect(terminalSvg("\u001b[7m   \u001b[0m", 5, "t")).toContain('<rect x="14" y="14" width="25.2" height="18"')
})
