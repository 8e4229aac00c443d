/** A window of a terminal, as tmux tells it with its colors, as a picture of vectors. */
import { widthOf } from "@ourclone/core/events/PrintableText"

interface Style {
  readonly color: string | undefined
  readonly back: string | undefined
  readonly isBold: boolean
  readonly isDim: boolean
  readonly isUnderlined: boolean
  readonly isReversed: boolean
}

interface Run {
  readonly text: string
  readonly column: number
  readonly columns: number
  readonly style: Style
}

const plain: Style = {
  color: undefined,
  back: undefined,
  isBold: false,
  isDim: false,
  isUnderlined: false,
  isReversed: false
}

const ink = "#d8dee9"
const paper = "#1b2230"
const sixteen = [
  ...["#3b4252", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d8dee9"],
  ...["#7f8ba3", "#ff8b94", "#b5e08f", "#ffd68f", "#8cc8ff", "#dd9bf0", "#7fd6e0", "#ffffff"]
]

const hex = (value: number): string => value.toString(16).padStart(2, "0")

/** One of the 256 colors of terminals. */
const indexed = (index: number): string | undefined => {
  if (index < 16) return sixteen[index]
  if (index >= 232) return `#${hex(8 + 10 * (index - 232)).repeat(3)}`
  const level = (step: number): number => (step === 0 ? 0 : 55 + 40 * step)
  const cube = index - 16
  return `#${hex(level(Math.floor(cube / 36)))}${hex(level(Math.floor(cube / 6) % 6))}${hex(level(cube % 6))}`
}

/** The color after a 38 or 48, which takes its numbers off `codes`. */
const chosen = (codes: Array<number>): string | undefined => {
  if (codes.shift() === 5) return indexed(codes.shift() ?? 0)
  const [red = 0, green = 0, blue = 0] = codes.splice(0, 3)
  return `#${hex(red)}${hex(green)}${hex(blue)}`
}

const after = (style: Style, code: number, codes: Array<number>): Style => {
  if (code === 0) return plain
  if (code === 1) return { ...style, isBold: true }
  if (code === 2) return { ...style, isDim: true }
  if (code === 22) return { ...style, isBold: false, isDim: false }
  if (code === 4 || code === 24) return { ...style, isUnderlined: code === 4 }
  if (code === 7 || code === 27) return { ...style, isReversed: code === 7 }
  if (code === 38) return { ...style, color: chosen(codes) }
  if (code === 48) return { ...style, back: chosen(codes) }
  if (code === 39) return { ...style, color: undefined }
  if (code === 49) return { ...style, back: undefined }
  if (code >= 30 && code <= 37) return { ...style, color: sixteen[code - 30] }
  if (code >= 40 && code <= 47) return { ...style, back: sixteen[code - 40] }
  if (code >= 90 && code <= 97) return { ...style, color: sixteen[code - 82] }
  if (code >= 100 && code <= 107) return { ...style, back: sixteen[code - 92] }
  return style
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what begins and ends the styles
const escapes = /\u001b\[([\d;]*)m|\u001b[()][AB0]|\u000e|\u000f/g

/** Lines of runs in one style each. What `painted` says of style holds on in the next line. */
const runsOf = (painted: string): ReadonlyArray<ReadonlyArray<Run>> => {
  let style = plain
  return painted
    .replace(/\n+$/, "")
    .split("\n")
    .map((line) => {
      const runs: Array<Run> = []
      let column = 0
      let from = 0
      const add = (text: string) => {
        if (text === "") return
        const columns = widthOf(text)
        runs.push({ text, column, columns, style })
        column += columns
      }
      for (const found of line.matchAll(escapes)) {
        add(line.slice(from, found.index))
        from = found.index + found[0].length
        const codes = found[1] === undefined ? undefined : found[1].split(";").map(Number)
        while (codes !== undefined && codes.length > 0) style = after(style, codes.shift() ?? 0, codes)
      }
      add(line.slice(from))
      return runs
    })
}

const [wide, high, margin] = [8.4, 18, 14]
const round = (value: number): number => Math.round(value * 10) / 10

const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (one) => (one === "&" ? "&amp;" : one === "<" ? "&lt;" : "&gt;"))

const drawn = ({ column, columns, style, text }: Run, row: number): string => {
  const { isBold, isDim, isReversed, isUnderlined } = style
  const [front, back] = isReversed ? [style.back ?? paper, style.color ?? ink] : [style.color, style.back]
  const [x, y, width] = [margin + column * wide, margin + row * high, round(columns * wide)]
  const behind =
    back === undefined ? "" : `<rect x="${round(x)}" y="${y}" width="${width}" height="${high}" fill="${back}"/>`
  const looks = [
    front === undefined ? "" : ` fill="${front}"`,
    isBold ? ' font-weight="bold"' : "",
    isDim ? ' opacity=".6"' : "",
    isUnderlined ? ' text-decoration="underline"' : ""
  ].join("")
  // Pictures of vectors make one blank of several, so what stands apart is put at its place by itself.
  const words = [...text.matchAll(/\S+(?: \S+)*/g)].map((found) => {
    const at = round(x + widthOf(text.slice(0, found.index)) * wide)
    const length = round(widthOf(found[0]) * wide)
    return `<text x="${at}" y="${y + 13}" textLength="${length}"${looks}>${escaped(found[0])}</text>`
  })
  return behind + words.join("")
}

/** `painted` is what `tmux capture-pane -e` tells. */
export const terminalSvg = (painted: string, columns: number, title: string): string => {
  const lines = runsOf(painted)
  const [width, height] = [Math.ceil(columns * wide + 2 * margin), lines.length * high + 2 * margin]
  const body = lines.map((runs, row) => runs.map((run) => drawn(run, row)).join("")).filter((line) => line !== "")
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="${paper}"/>
<g fill="${ink}" font-family="ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace" font-size="14">
${body.join("\n")}
</g>
</svg>
`
}
