/** The one place where keys come in and lines go out. Draws one text, since a row per element costs twice. */
import { Text, useApp, useInput, usePaste, useStdin, useWindowSize } from "ink"
import { Component, createElement, type ReactNode, useEffect, useRef, useSyncExternalStore } from "react"
import { paint } from "../lines/Paint.ts"
import type { App } from "../program/App.ts"
import { keyNames } from "../terminal/KeyNames.ts"
import * as Mouse from "../terminal/Mouse.ts"
import * as Layout from "./Layout.ts"

export interface FrameProps {
  readonly app: App
  readonly hasColors: boolean
  /** The number of keys that were taken, after each. */
  readonly onKeys?: (count: number) => void
  /** Is handed what gives the terminal to the shell for a while. */
  readonly onSuspend?: (suspend: () => void) => void
  /** Instead of the size of the window. */
  readonly size?: { readonly columns: number; readonly rows: number }
}

const doubleMillis = 500
const wheelRows = 3
const stoppedMillis = 100

export const Frame = ({ app, hasColors, onKeys, onSuspend, size }: FrameProps): ReactNode => {
  const window = useWindowSize()
  const { columns, rows } = size ?? window
  useSyncExternalStore(app.onChange, app.told)
  const press = (keys: ReadonlyArray<string>): void => {
    for (const key of keys) app.press(key)
    onKeys?.(keys.length)
  }
  useInput((input, key) => press(keyNames(input, key)))
  usePaste((text) => app.type(text.replace(/[\r\n]+/g, " ")))

  const { suspendTerminal } = useApp()
  useEffect(() => {
    let isAway = false
    /** While `until` is to come the terminal is not ours; then all of it is drawn anew. */
    const leave = async (until: () => Promise<void>): Promise<void> => {
      if (isAway) return
      isAway = true
      await suspendTerminal(until)
      isAway = false
      process.stdout.write(Mouse.on)
    }
    const stop = (): Promise<void> =>
      new Promise((resolve) => {
        process.stdout.write(`${Mouse.off}\x1b[?25h`, () => {
          process.off("SIGTSTP", suspend)
          process.kill(0, "SIGTSTP")
          // Comes only when it goes on; or at once, where there is no shell that could have it go on.
          setTimeout(() => {
            process.on("SIGTSTP", suspend)
            resolve()
          }, stoppedMillis)
        })
      })
    // Who was stopped by others could say nothing: the shell has written over the window, and set the terminal as it likes it.
    const comeBack = (): void => void leave(() => Promise.resolve())
    const suspend = (): void => void leave(stop)
    onSuspend?.(suspend)
    process.on("SIGTSTP", suspend).on("SIGCONT", comeBack)
    return () => void process.off("SIGTSTP", suspend).off("SIGCONT", comeBack)
  }, [onSuspend, suspendTerminal])

  const { stdin } = useStdin()
  const clicked = useRef({ at: 0, index: -1 })
  useEffect(() => {
    const hear = (input: unknown): void => {
      for (const { column, kind, row } of Mouse.events(String(input))) {
        onKeys?.(1)
        if (kind !== "press") {
          for (let step = 0; step < wheelRows; step++) app.press(kind)
          continue
        }
        const found = Layout.hit(app.view(), columns, rows, column, row)
        if (found?._tag === "Key") app.press(found.key)
        if (found?._tag !== "Choice") continue
        const now = Date.now()
        const isDouble = clicked.current.index === found.index && now - clicked.current.at < doubleMillis
        clicked.current = { at: now, index: found.index }
        app.choose(found.index)
        if (isDouble) app.press("enter")
      }
    }
    stdin.on("data", hear)
    return () => void stdin.off("data", hear)
  }, [app, columns, onKeys, rows, stdin])

  const lines = Layout.lines(app.view(), columns, rows).map((line) => paint(line, hasColors))
  return createElement(Text, { wrap: "truncate" }, lines.join("\n"))
}

/** A mistake while drawing is told to whoever can end the program well. */
export class Guard extends Component<
  { readonly onError: (error: unknown) => void; readonly children?: ReactNode },
  { readonly isBroken: boolean }
> {
  override state = { isBroken: false }
  static getDerivedStateFromError() {
    return { isBroken: true }
  }
  override componentDidCatch(error: unknown): void {
    this.props.onError(error)
  }
  override render(): ReactNode {
    return this.state.isBroken ? null : this.props.children
  }
}
