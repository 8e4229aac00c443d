/** JSON as restic shows it: what is stored, on lines of its own, and nothing of it parsed, so that no number and no escape is another. */

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/** Two spaces for each level; what is empty stays on one line. */
export const indented = (json: string): string => {
  let text = ""
  let level = 0
  let before = ""
  const line = (): string => `\n${"  ".repeat(level)}`
  for (const [one] of json.matchAll(token)) {
    const isOpened = before === "{" || before === "["
    if (one === "}" || one === "]") {
      level--
      text += isOpened ? one : `${line()}${one}`
    } else {
      if (isOpened || before === ",") text += line()
      text += one === ":" ? ": " : one
      if (one === "{" || one === "[") level++
    }
    before = one
  }
  return text
}
