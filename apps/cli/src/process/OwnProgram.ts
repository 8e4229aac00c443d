/** How this program is started once more, with other words. */
export const ownProgram = (
  ...words: ReadonlyArray<string>
): readonly [program: string, ...words: ReadonlyArray<string>] => [
  process.execPath,
  ...process.execArgv,
  process.argv[1] ?? "",
  ...words
]
