/** Rows under headings, as lines of one table: where rows that follow each other belong together. */

/** Before row `at`. */
export interface Heading {
  readonly at: number
  readonly label: string
}

export const headingsOf = <Row>(
  rows: ReadonlyArray<Row>,
  groupOf: ((row: Row) => string) | undefined
): ReadonlyArray<Heading> => {
  if (groupOf === undefined) return []
  const headings: Array<Heading> = []
  for (const [at, row] of rows.entries()) {
    const label = groupOf(row)
    if (headings.at(-1)?.label !== label) headings.push({ at, label })
  }
  return headings
}

/** The line on which a row stands. */
export const lineOf = (headings: ReadonlyArray<Heading>, row: number): number =>
  row + headings.filter(({ at }) => at <= row).length

/** What stands on a line: a heading, or a row by its number. */
export const onLine = (headings: ReadonlyArray<Heading>, line: number): Heading | number => {
  const before = headings.filter(({ at }, index) => at + index < line).length
  const next = headings[before]
  return next !== undefined && next.at + before === line ? next : line - before
}
