/**
 * A table that draws only the rows that are seen, however many there are. Arrow keys move along the rows, Enter opens,
 * space marks; on a phone a row has two lines.
 */
import { useVirtualizer } from "@tanstack/react-virtual"
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore
} from "react"
import styles from "./DataTable.module.css"
import { headingsOf, lineOf, onLine } from "./rowGroups.ts"

export interface Column<Row> {
  readonly id: string
  readonly label: string
  /** Of the grid: `1fr`, `120px`. */
  readonly width: string
  readonly cell: (row: Row) => ReactNode
  readonly isNumber?: boolean
  /** On a phone: the first line, the second one, or not at all. */
  readonly onPhone?: "first" | "second" | "none"
}

export interface Marks {
  readonly marked: ReadonlySet<string>
  readonly onChange: (marked: ReadonlySet<string>) => void
}

interface DataTableProps<Row> {
  readonly label: string
  readonly rows: ReadonlyArray<Row>
  readonly columns: ReadonlyArray<Column<Row>>
  readonly keyOf: (row: Row) => string
  readonly nameOf: (row: Row) => string
  readonly onOpen?: (row: Row) => void
  readonly marks?: Marks | undefined
  /** How many there are in all, where not all are loaded. */
  readonly count?: number
  readonly onEnd?: () => void
  /** Rows that are seen at once before it scrolls by itself. */
  readonly maxRows?: number
  /** Rows that follow each other and have the same stand under it. */
  readonly groupOf?: (row: Row) => string
  /** A row has buttons, which stand below its lines on a phone. */
  readonly hasButtons?: boolean
}

const narrow = window.matchMedia("(max-width: 719px)")
const onTurn = (turned: () => void) => {
  narrow.addEventListener("change", turned)
  return () => narrow.removeEventListener("change", turned)
}
const headingHeight = 36
const useRowHeight = (hasButtons: boolean): number => {
  const onPhone = hasButtons ? 112 : 60
  return useSyncExternalStore(onTurn, () => narrow.matches) ? onPhone : 36
}

const toggled = (marked: ReadonlySet<string>, key: string): ReadonlySet<string> => {
  const next = new Set(marked)
  if (!next.delete(key)) next.add(key)
  return next
}

const phoneClass = { first: styles.first, second: styles.second, none: styles.none }

export const DataTable = <Row,>({
  columns,
  count,
  groupOf,
  hasButtons = false,
  keyOf,
  label,
  marks,
  maxRows = 18,
  nameOf,
  onEnd,
  onOpen,
  rows
}: DataTableProps<Row>) => {
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const height = useRowHeight(hasButtons)
  const headings = headingsOf(rows, groupOf)
  const virtual = useVirtualizer({
    count: rows.length + headings.length,
    getScrollElement: () => scroller.current,
    estimateSize: (line) => (typeof onLine(headings, line) === "number" ? height : headingHeight),
    overscan: 12
  })
  const headed = headings.map(({ at }) => at).join()
  // What was measured holds for one height, and while headings stand where they stood.
  useLayoutEffect(() => virtual.measure(), [height, headed, virtual])
  const items = virtual.getVirtualItems()
  const lastSeen = (items.at(-1)?.index ?? 0) - headings.length
  useEffect(() => {
    if (lastSeen >= rows.length - 20) onEnd?.()
  }, [lastSeen, rows.length, onEnd])
  const template = [marks === undefined ? "" : "36px", ...columns.map(({ width }) => width)].join(" ")
  const go = (to: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, to))
    setActive(index)
    virtual.scrollToIndex(lineOf(headings, index))
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus())
  }
  const press = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement && event.key !== "ArrowDown" && event.key !== "ArrowUp") return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? height) / height) - 1)
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      j: active + 1,
      ArrowUp: active - 1,
      k: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: rows.length - 1
    }
    const to = moves[event.key]
    const row = rows[active]
    if (to !== undefined && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      go(to)
    } else if (event.key === " " && marks !== undefined && row !== undefined) {
      event.preventDefault()
      marks.onChange(toggled(marks.marked, keyOf(row)))
    } else if (
      event.key === "Enter" &&
      row !== undefined &&
      event.target === event.currentTarget.ownerDocument.activeElement
    ) {
      if ((event.target as HTMLElement).getAttribute("role") === "row") onOpen?.(row)
    }
  }
  const areAllMarked = marks !== undefined && rows.length > 0 && rows.every((row) => marks.marked.has(keyOf(row)))
  const shown = Math.min(Math.max(virtual.getTotalSize(), height), maxRows * height)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element can not draw a part of its rows
    <div
      role="table"
      aria-label={label}
      aria-rowcount={(count ?? rows.length) + headings.length + 1}
      aria-colcount={columns.length + (marks === undefined ? 0 : 1)}
      className={styles.table}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: a row of headings takes no focus */}
      <div
        role="row"
        aria-rowindex={1}
        className={`${styles.head} ${marks === undefined ? "" : styles.marks}`}
        style={{ gridTemplateColumns: template }}
      >
        {marks === undefined ? null : (
          // biome-ignore lint/a11y/useSemanticElements: as above
          <span role="columnheader" tabIndex={-1}>
            <label className={styles.mark}>
              <input
                type="checkbox"
                checked={areAllMarked}
                onChange={() => marks.onChange(areAllMarked ? new Set() : new Set(rows.map(keyOf)))}
              />
              <span className={styles.markAll}>Mark all</span>
            </label>
          </span>
        )}
        {columns.map((column) => (
          // biome-ignore lint/a11y/useSemanticElements: as above
          <span
            key={column.id}
            role="columnheader"
            tabIndex={-1}
            className={column.isNumber === true ? styles.number : ""}
          >
            {column.label}
          </span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div
        ref={scroller}
        role="rowgroup"
        aria-label={label}
        className={styles.scroller}
        style={{ height: shown }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
        onKeyDown={press}
      >
        <div style={{ height: virtual.getTotalSize() }} className={styles.room} role="presentation">
          {items.map((item) => {
            const line = onLine(headings, item.index)
            if (typeof line !== "number") {
              return (
                // biome-ignore lint/a11y/useSemanticElements: as above
                // biome-ignore lint/a11y/useFocusableInteractive: a row of headings takes no focus
                <div
                  key={`group ${line.at}`}
                  role="row"
                  aria-rowindex={item.index + 2}
                  className={styles.group}
                  style={{ height: headingHeight, transform: `translateY(${item.start}px)` }}
                >
                  {/* biome-ignore lint/a11y/useSemanticElements: as above */}
                  <span role="rowheader" tabIndex={-1} aria-colspan={columns.length + (marks === undefined ? 0 : 1)}>
                    {line.label}
                  </span>
                </div>
              )
            }
            const row = rows[line]
            if (row === undefined) return null
            const key = keyOf(row)
            const isMarked = marks?.marked.has(key) ?? false
            return (
              // biome-ignore lint/a11y/useSemanticElements: as above
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the table
              <div
                key={key}
                role="row"
                data-index={line}
                aria-rowindex={item.index + 2}
                aria-current={line === active ? true : undefined}
                tabIndex={line === active ? 0 : -1}
                className={`${styles.row} ${isMarked ? styles.marked : ""} ${onOpen === undefined ? "" : styles.opens}`}
                style={{ gridTemplateColumns: template, height, transform: `translateY(${item.start}px)` }}
                onFocus={() => setActive(line)}
                onClick={(event) => {
                  const isControl = (event.target as HTMLElement).closest("a,button,label") !== null
                  if (!isControl) onOpen?.(row)
                }}
              >
                {marks === undefined ? null : (
                  // biome-ignore lint/a11y/useSemanticElements: as above
                  <span role="cell" className={styles.markCell}>
                    <label className={styles.mark}>
                      <input
                        type="checkbox"
                        aria-label={`Mark ${nameOf(row)}`}
                        checked={isMarked}
                        onChange={() => marks.onChange(toggled(marks.marked, key))}
                      />
                    </label>
                  </span>
                )}
                {columns.map((column) => (
                  // biome-ignore lint/a11y/useSemanticElements: as above
                  <span
                    key={column.id}
                    role="cell"
                    className={`${styles.cell} ${column.isNumber === true ? styles.number : ""} ${phoneClass[column.onPhone ?? "second"]}`}
                  >
                    {column.cell(row)}
                  </span>
                ))}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
