/** What filters let pass of one tree of files, as rclone's documentation and rclone itself say. */

export const files: ReadonlyArray<string> = [
  "1.jpg",
  "2.JPG",
  "3.jpeg",
  "a,b",
  "a.b",
  "a1",
  "axb",
  "a+b(c)|d^e$",
  "b/2.jpg",
  "b/c/3.jpg",
  "b/c/b/4.txt",
  "bb/5.txt",
  "file.012",
  "file.abc",
  "file[1].txt",
  "name with space.txt",
  "q",
  "!q",
  "star*.txt",
  "x/b/6.jpg",
  "x/y/7.jpg",
  "x/y/z/8.txt",
  "x/potato",
  "potato",
  "potato.txt",
  "é.txt",
  "日本/😀.txt",
  "{br}.txt",
  "back\\slash"
]

export interface GlobCase {
  readonly pattern: string
  /** The files of the tree that it matches. */
  readonly matches: ReadonlyArray<string>
  /** rclone before 1.7x refuses it. */
  readonly isNew?: true
  /** Meant as rclone's manual says, and not as rclone does it. */
  readonly isOfManual?: true
}

const below = (directory: string) => files.filter((file) => file.startsWith(`${directory}/`))
const but = (...left: ReadonlyArray<string>) => files.filter((file) => !left.includes(file))

export const globCases: ReadonlyArray<GlobCase> = [
  { pattern: "potato", matches: ["potato", "x/potato"] },
  { pattern: "/potato", matches: ["potato"] },
  { pattern: "otato", matches: [] },
  { pattern: "POTATO", matches: [] },
  { pattern: "x/potato", matches: ["x/potato"] },
  { pattern: "potato*", matches: ["potato", "potato.txt", "x/potato"] },
  { pattern: "*.jpg", matches: ["1.jpg", "b/2.jpg", "b/c/3.jpg", "x/b/6.jpg", "x/y/7.jpg"] },
  { pattern: "/*.jpg", matches: ["1.jpg"] },
  { pattern: "*", matches: files },
  { pattern: "/*", matches: files.filter((file) => !file.includes("/")) },
  { pattern: "**", matches: files },
  { pattern: "/**", matches: files },
  { pattern: "b/*", matches: ["b/2.jpg", "x/b/6.jpg", "b/c/b/4.txt"] },
  { pattern: "/b/*", matches: ["b/2.jpg"] },
  { pattern: "b/**", matches: [...below("b"), "x/b/6.jpg"] },
  { pattern: "/b/**", matches: below("b") },
  { pattern: "b**", matches: [...below("b"), ...below("bb"), "x/b/6.jpg", "back\\slash"] },
  { pattern: "**/b/*", matches: ["x/b/6.jpg", "b/c/b/4.txt"] },
  { pattern: "b/**.txt", matches: ["b/c/b/4.txt"] },
  { pattern: "/x/**/8.txt", matches: ["x/y/z/8.txt"] },
  { pattern: "x/**b/*.jpg", matches: ["x/b/6.jpg"] },
  { pattern: "/*/*/*.jpg", matches: ["b/c/3.jpg", "x/b/6.jpg", "x/y/7.jpg"] },
  { pattern: "/?/?.jpg", matches: ["b/2.jpg"] },
  { pattern: "?", matches: ["q"] },
  { pattern: "a?b", matches: ["a,b", "a.b", "axb"] },
  { pattern: "a.b", matches: ["a.b"] },
  { pattern: "a,b", matches: ["a,b"] },
  { pattern: "{a,b}", matches: [] },
  { pattern: "a+b(c)|d^e$", matches: ["a+b(c)|d^e$"] },
  { pattern: "*.{jpg,jpeg}", matches: ["1.jpg", "3.jpeg", "b/2.jpg", "b/c/3.jpg", "x/b/6.jpg", "x/y/7.jpg"] },
  { pattern: "*.jp{e,}g", matches: ["1.jpg", "3.jpeg", "b/2.jpg", "b/c/3.jpg", "x/b/6.jpg", "x/y/7.jpg"] },
  { pattern: "{b,bb}/*.{jpg,txt}", matches: ["b/2.jpg", "bb/5.txt", "x/b/6.jpg", "b/c/b/4.txt"] },
  { pattern: "/{b/c,x/y}/*.jpg", matches: ["b/c/3.jpg", "x/y/7.jpg"] },
  { pattern: "/{b/**,bb/*}", matches: [...below("b"), ...below("bb")] },
  { pattern: "/{b,{x,bb}}/**", matches: [...below("b"), ...below("x"), ...below("bb")], isNew: true },
  { pattern: "a[,.]b", matches: ["a,b", "a.b"] },
  { pattern: "a[^,.]b", matches: ["axb"] },
  { pattern: "a[a-y]b", matches: ["axb"] },
  { pattern: "a[!,.]b", matches: ["axb"], isOfManual: true },
  { pattern: "a[!a-y]b", matches: ["a,b", "a.b"], isOfManual: true },
  { pattern: "a[![:punct:]]b", matches: ["axb"], isOfManual: true },
  { pattern: "[!q]", matches: [], isOfManual: true },
  { pattern: "[!a]q", matches: ["!q"], isOfManual: true },
  { pattern: "[!!]q", matches: [], isOfManual: true },
  { pattern: "[!^]q", matches: ["!q"], isOfManual: true },
  { pattern: "[^!]q", matches: [] },
  { pattern: "[\\!a]q", matches: ["!q"] },
  { pattern: "{{[!a]}}q", matches: ["!q"] },
  { pattern: "b[^x]2.jpg", matches: ["b/2.jpg"] },
  { pattern: "[q!]q", matches: ["!q"] },
  { pattern: "a[[:digit:]]", matches: ["a1"] },
  { pattern: "a[[:alpha:]]b", matches: ["axb"] },
  { pattern: "a[[:punct:]]b", matches: ["a,b", "a.b"] },
  { pattern: "a[^[:punct:]]b", matches: ["axb"] },
  {
    pattern: "*.[[:^digit:]]*",
    matches: but("a,b", "a1", "axb", "a+b(c)|d^e$", "file.012", "q", "!q", "x/potato", "potato", "back\\slash")
  },
  { pattern: "file.\\d\\d\\d", matches: ["file.012"] },
  { pattern: "file.[\\d]*", matches: ["file.012"] },
  { pattern: "file.[\\D]*", matches: ["file.abc"] },
  { pattern: "name\\swith\\sspace.txt", matches: ["name with space.txt"] },
  { pattern: "\\w\\w\\w\\w.\\w\\w\\w", matches: ["file.012", "file.abc"] },
  { pattern: "name with space.txt", matches: ["name with space.txt"] },
  { pattern: "file\\[1\\].txt", matches: ["file[1].txt"] },
  { pattern: "file[\\[]1[\\]].txt", matches: ["file[1].txt"] },
  { pattern: "file[1].txt", matches: [] },
  { pattern: "star\\*.txt", matches: ["star*.txt"] },
  { pattern: "\\{br\\}.txt", matches: ["{br}.txt"] },
  { pattern: "back\\\\slash", matches: ["back\\slash"] },
  { pattern: "é.txt", matches: ["é.txt"] },
  { pattern: "[é].txt", matches: ["é.txt"] },
  { pattern: "?.txt", matches: ["bb/5.txt", "b/c/b/4.txt", "x/y/z/8.txt", "é.txt", "日本/😀.txt"] },
  { pattern: "日本/*", matches: ["日本/😀.txt"] },
  { pattern: "[\\x{1F600}-\\x{1F64F}].txt", matches: ["日本/😀.txt"] },
  { pattern: "*.{{jpe?g}}", matches: ["1.jpg", "3.jpeg", "b/2.jpg", "b/c/3.jpg", "x/b/6.jpg", "x/y/7.jpg"] },
  { pattern: "/{{[^/]*\\.jpe?g}}", matches: ["1.jpg", "3.jpeg"] },
  { pattern: "/{{.*\\.jpg}}", matches: ["1.jpg", "b/2.jpg", "b/c/3.jpg", "x/b/6.jpg", "x/y/7.jpg"] },
  { pattern: "*.{{(?i)jpg}}", matches: ["1.jpg", "2.JPG", "b/2.jpg", "b/c/3.jpg", "x/b/6.jpg", "x/y/7.jpg"] },
  { pattern: "{{\\d+}}.jpg", matches: ["1.jpg", "b/2.jpg", "b/c/3.jpg", "x/b/6.jpg", "x/y/7.jpg"] },
  { pattern: "/{{(b|x)}}/**", matches: [...below("b"), ...below("x")] },
  { pattern: "file.{{\\d{3}}}", matches: ["file.012"] },
  { pattern: "{{(?i)POTA|Q}}", matches: ["q"] },
  { pattern: "{{(a|(?i)X|Q)}}", matches: ["q"] },
  { pattern: "{{a(?i)1|Q}}", matches: ["a1", "q"] },
  { pattern: "{{\\p{Han}+}}/*", matches: ["日本/😀.txt"] },
  { pattern: "{{[\\pL]}}.txt", matches: ["é.txt"] },
  { pattern: "{{\\Qa+b(c)|d^e$\\E}}", matches: ["a+b(c)|d^e$"] },
  { pattern: "{{(?P<letter>a)1}}", matches: ["a1"] },
  { pattern: "{{\\Aa1\\z}}", matches: ["a1"] },
  { pattern: "{{a{0,1}q}}", matches: ["q"] },
  { pattern: "", matches: [] },
  { pattern: "/", matches: [] },
  { pattern: "x", matches: [] },
  { pattern: "x//y/*", matches: [] }
]

/** With `--ignore-case`. */
export const ignoreCaseCases: ReadonlyArray<GlobCase> = [
  { pattern: "POTATO", matches: ["potato", "x/potato"] },
  { pattern: "*.jpg", matches: ["1.jpg", "2.JPG", "b/2.jpg", "b/c/3.jpg", "x/b/6.jpg", "x/y/7.jpg"] },
  { pattern: "/X/**", matches: below("x") },
  { pattern: "É.TXT", matches: ["é.txt"] },
  { pattern: "[E-P]otato", matches: ["potato", "x/potato"] }
]

export const refusedPatterns: ReadonlyArray<string> = [
  "***",
  "potato***",
  "ab]c",
  "ab[c",
  "a{b,c",
  "ab}c",
  "ab{}}cd",
  "a{{.*}",
  "[a--b]",
  "[]x]",
  "[^]x]",
  "[!]x]",
  "[!z-a]",
  "[z-a]",
  "{{(}}",
  "{{a)}}",
  "{{*}}",
  "{{a**}}",
  "{{[[:nonsense:]]}}",
  "\\y",
  "{{\\1}}",
  "[]"
]

/** rclone takes it for the character. */
export const refusedHere: ReadonlyArray<string> = ["[!]", "a[!]b"]

export interface RuleCase {
  /** As on the command line; `…From` options hold the text of the file. */
  readonly options: {
    readonly include?: ReadonlyArray<string>
    readonly includeFrom?: ReadonlyArray<string>
    readonly exclude?: ReadonlyArray<string>
    readonly excludeFrom?: ReadonlyArray<string>
    readonly filter?: ReadonlyArray<string>
    readonly filterFrom?: ReadonlyArray<string>
    readonly filesFrom?: ReadonlyArray<string>
    readonly minSize?: string
    readonly maxSize?: string
    readonly ignoreCase?: boolean
  }
  readonly passes: ReadonlyArray<string>
}

export const ruleCases: ReadonlyArray<RuleCase> = [
  { options: {}, passes: files },
  { options: { include: ["*.txt"], exclude: ["b/**"] }, passes: files.filter((file) => file.endsWith(".txt")) },
  { options: { include: ["/b/**", "/bb/**"] }, passes: [...below("b"), ...below("bb")] },
  { options: { include: ["/b/"] }, passes: [] },
  { options: { exclude: ["b/"] }, passes: files.filter((file) => !/(^|\/)b\//.test(file)) },
  { options: { exclude: ["/b/"] }, passes: files.filter((file) => !file.startsWith("b/")) },
  { options: { exclude: ["/b", "b"] }, passes: files },
  { options: { exclude: ["*"] }, passes: [] },
  { options: { filter: ["+ *.txt", "- /x/**"] }, passes: files.filter((file) => !/^x\/.*[^t]$/.test(file)) },
  { options: { filter: ["- /x/**", "+ *.txt"] }, passes: files.filter((file) => !file.startsWith("x/")) },
  { options: { filter: ["+ /b/c/**", "- /b/**"] }, passes: but("b/2.jpg") },
  { options: { filter: ["+ /b/c/*.jpg", "+ /x/y/**", "- *"] }, passes: ["b/c/3.jpg", ...below("x/y")] },
  { options: { filter: ["+ q"] }, passes: files },
  { options: { filter: ["- *", "!", "- q"] }, passes: but("q") },
  { options: { filter: ["+ *.jpg", "+ *.gif", "!", "+ a1", "- *"] }, passes: ["a1"] },
  { options: { include: ["q"], filter: ["!"] }, passes: [] },
  { options: { include: ["q"], filter: ["+ a1"] }, passes: ["q", "a1"] },
  { options: { filter: ["-  q", "- !q"] }, passes: but("!q") },
  { options: { exclude: ["q"], include: ["*q"] }, passes: ["!q", "q"] },
  {
    options: { filterFrom: ["# comment\n\n; comment\n  - /x/**  \n+ *.txt\r\n+ potato\n- *\n"] },
    passes: files.filter((file) => !file.startsWith("x/") && (file.endsWith(".txt") || file === "potato"))
  },
  { options: { filterFrom: ["- q # not a comment\n"] }, passes: files },
  { options: { includeFrom: ["# nothing\n"] }, passes: [] },
  { options: { includeFrom: ["q\n/a1"], include: ["!q"] }, passes: ["q", "a1", "!q"] },
  { options: { excludeFrom: ["*.txt\n", "/x/"] }, passes: files.filter((file) => !/\.txt$|^x\//.test(file)) },
  { options: { excludeFrom: ["POTATO"], ignoreCase: true }, passes: but("potato", "x/potato") },
  { options: { filesFrom: ["q\n# potato\n; a1\n /b/2.jpg/ \nx/y\nnone\n*.txt\nPOTATO\n"] }, passes: ["q", "b/2.jpg"] },
  { options: { filesFrom: ["q", "a1"] }, passes: ["q", "a1"] },
  { options: { filesFrom: [""] }, passes: [] },
  { options: { minSize: "1" }, passes: ["b/2.jpg", "q"] },
  { options: { minSize: "1b" }, passes: ["b/2.jpg", "q", "a1", "x/potato"] },
  { options: { maxSize: "1K" }, passes: but("q") },
  { options: { maxSize: "0" }, passes: but("b/2.jpg", "q", "a1", "x/potato") },
  { options: { maxSize: "off", minSize: "1023b", exclude: ["q"] }, passes: ["b/2.jpg", "x/potato"] }
]

/** In bytes; the others are empty. */
export const sizes: Readonly<Record<string, number>> = { "b/2.jpg": 1024, q: 1025, a1: 1, "x/potato": 1023 }
