/**
 * Go's regular expressions, which rclone's filters are made of, as JavaScript's.
 *
 * The two differ in escapes, named character classes, flags in the middle and in
 * what may go unescaped. Translated expressions are compiled with the flags `su`.
 */
import * as Result from "effect/Result"

type Range = readonly [first: number, last: number]

const lastCodePoint = 0x10ffff

const named: Record<string, ReadonlyArray<Range>> = {
  alnum: [
    [48, 57],
    [65, 90],
    [97, 122]
  ],
  alpha: [
    [65, 90],
    [97, 122]
  ],
  ascii: [[0, 127]],
  blank: [
    [9, 9],
    [32, 32]
  ],
  cntrl: [
    [0, 31],
    [127, 127]
  ],
  digit: [[48, 57]],
  graph: [[33, 126]],
  lower: [[97, 122]],
  print: [[32, 126]],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126]
  ],
  space: [
    [9, 13],
    [32, 32]
  ],
  upper: [[65, 90]],
  word: [
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122]
  ],
  xdigit: [
    [48, 57],
    [65, 70],
    [97, 102]
  ]
}

/** What `\s` means in Go: no vertical tab, nothing beyond ASCII. */
const white: ReadonlyArray<Range> = [
  [9, 10],
  [12, 13],
  [32, 32]
]

const complement = (ranges: ReadonlyArray<Range>): ReadonlyArray<Range> => {
  const result: Array<Range> = []
  let next = 0
  for (const [first, last] of ranges) {
    if (first > next) result.push([next, first - 1])
    next = last + 1
  }
  result.push([next, lastCodePoint])
  return result
}

const codePoint = (value: number) => `\\u{${value.toString(16)}}`
const inClass = (ranges: ReadonlyArray<Range>) =>
  ranges.map(([first, last]) => (first === last ? codePoint(first) : `${codePoint(first)}-${codePoint(last)}`)).join("")

const controls: Record<string, number> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }
const isPunctuation = (character: string) => /^[!-/:-@[-`{-~]$/.test(character)

/** An escape, as a character or as the inside of a class. */
type Escape = { readonly character: number } | { readonly class: string }

class Malformed extends Error {}

/** Reads one expression from left to right. */
class Translator {
  private position = 0
  private readonly source: string

  constructor(source: string) {
    this.source = source
  }

  expression(): string {
    const result = this.alternatives()
    if (this.position < this.source.length) throw new Malformed('")" has no "("')
    return result
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.position
    const found = pattern.exec(this.source)
    if (found === null) return undefined
    this.position += found[0].length
    return found
  }

  /** Up to the end of the group. Flags set inside it hold until there, across each `|`. */
  private alternatives(): string {
    let result = ""
    let flags: ReadonlyArray<string> = []
    while (this.position < this.source.length && this.source[this.position] !== ")") {
      if (this.match(/\|/y)) {
        result += `${")".repeat(flags.length)}|${flags.join("")}`
        continue
      }
      const setting = this.match(/\(\?([a-zA-Z]*(?:-[a-zA-Z]+)?)\)/y)
      if (setting === undefined) {
        result += this.piece()
      } else {
        const group = `(?${flagsOf(setting[1] ?? "")}:`
        flags = [...flags, group]
        result += group
      }
    }
    return result + ")".repeat(flags.length)
  }

  private piece(): string {
    const group = this.match(/\((?:\?(?:P?<([A-Za-z_]\w*)>|([a-zA-Z]*(?:-[a-zA-Z]+)?):))?/y)
    if (group !== undefined) {
      if (this.source[this.position] === "?") throw new Malformed('Go has no such group as "(?" here')
      const inside = this.alternatives()
      if (!this.match(/\)/y)) throw new Malformed('"(" has no ")"')
      return group[2] === undefined ? `(?:${inside})` : `(?${flagsOf(group[2])}:${inside})`
    }
    if (this.match(/\[/y)) return this.characterClass()
    const quoted = this.match(/\\Q(.*?)(?:\\E|$)/sy)
    if (quoted !== undefined) return [...(quoted[1] ?? "")].map(literal).join("")
    const edge = this.match(/\\([AzbB])/y)
    if (edge !== undefined) return { A: "(?<![^])", z: "(?![^])" }[edge[1] ?? ""] ?? edge[0]
    if (this.source[this.position] === "\\") {
      const escaped = this.escape()
      return "class" in escaped ? `[${escaped.class}]` : literal(String.fromCodePoint(escaped.character))
    }
    const repeat = this.match(/\{\d+(?:,\d*)?\}/y)
    if (repeat !== undefined) return repeat[0]
    const [character] = this.match(/./suy) ?? [""]
    return "]{}/".includes(character) ? literal(character) : character
  }

  private escape(): Escape {
    const [, hex] = this.match(/\\x(?:\{([0-9A-Fa-f]+)\})/y) ?? this.match(/\\x([0-9A-Fa-f]{2})/y) ?? []
    if (hex !== undefined) return { character: Number.parseInt(hex, 16) }
    const octal = this.match(/\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/y)
    if (octal !== undefined) return { character: Number.parseInt(octal[1] ?? "", 8) }
    const property = this.match(/\\([pP])(?:\{(\^?)(\w+)\}|([A-Z]))/y)
    if (property !== undefined) {
      const [, letter, negation = "", name = property[4] ?? ""] = property
      const sign = (letter === "P") === (negation === "^") ? "p" : "P"
      return { class: `\\${sign}{${name.length > 2 && name !== "Any" ? `Script=${name}` : name}}` }
    }
    const [text, character = ""] = this.match(/\\(.)/suy) ?? []
    if (text === undefined) throw new Malformed('it ends with "\\"')
    if ("dDwW".includes(character)) return { class: text }
    if (character === "s") return { class: inClass(white) }
    if (character === "S") return { class: inClass(complement(white)) }
    const control = controls[character]
    if (control !== undefined) return { character: control }
    if (isPunctuation(character)) return { character: character.codePointAt(0) ?? 0 }
    throw new Malformed(`"${text}" is not an escape`)
  }

  /** After `[`. */
  private characterClass(): string {
    let result = this.match(/\^/y) ? "[^" : "["
    for (let isFirst = true; isFirst || !this.match(/\]/y); isFirst = false) {
      const name = this.match(/\[:(\^?)(\w*):\]/y)
      if (name !== undefined) {
        const ranges = named[name[2] ?? ""]
        if (ranges === undefined) throw new Malformed(`"${name[0]}" is not a class of characters`)
        result += inClass(name[1] === "" ? ranges : complement(ranges))
        continue
      }
      const first = this.member()
      if ("class" in first) {
        result += first.class
        continue
      }
      const last = this.match(/-(?!\])/y) ? this.member() : first
      if ("class" in last || last.character < first.character)
        throw new Malformed("a range of characters runs backwards")
      result += inClass([[first.character, last.character]])
    }
    return `${result}]`
  }

  private member(): Escape {
    if (this.source[this.position] === "\\") return this.escape()
    const [character] = this.match(/./suy) ?? []
    if (character === undefined) throw new Malformed('"[" has no "]"')
    return { character: character.codePointAt(0) ?? 0 }
  }
}

const literal = (character: string) => (/[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character)

const flagsOf = (flags: string): string => {
  const unknown = /[^ims-]/.exec(flags)
  if (unknown !== null) throw new Malformed(`the flag "${unknown[0]}" is not supported`)
  const [on = "", off = ""] = flags.split("-").map((part) => [...new Set(part)].join(""))
  return off === "" ? on : `${on}-${off}`
}

/** The source of an equivalent JavaScript expression, or what is wrong, in words for people. */
export const translate = (source: string): Result.Result<string, string> => {
  try {
    const translated = new Translator(source).expression()
    new RegExp(translated, "su")
    return Result.succeed(translated)
  } catch (error) {
    return Result.fail(error instanceof Malformed ? error.message : "it is not a valid regular expression")
  }
}
