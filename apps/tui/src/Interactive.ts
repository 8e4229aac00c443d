/** The screens on a terminal, from the first frame of Ink to the end. */
import * as fs from "node:fs"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { render } from "ink"
import { createElement } from "react"
import { hasColors } from "./FirstFrame.ts"
import { Frame, Guard } from "./frame/Frame.ts"
import * as Together from "./Together.ts"
import * as CrashFile from "./terminal/CrashFile.ts"
import * as Mouse from "./terminal/Mouse.ts"

export interface Ended {
  readonly code: number
  /** For whoever reads the terminal once it is given back. */
  readonly problem: string | undefined
}

const framesPerSecond = 30

/** OSC 52: the terminal's clipboard, also over ssh. */
const copy = (text: string): void => {
  process.stdout.write(`\x1b]52;c;${Buffer.from(text).toString("base64")}\x07`)
}

/** Says each time that nothing is still to come, and after how many keys, to a file that a test reads. */
const traceOf = (file: string | undefined, whenIdle: () => Promise<void>) => {
  let keys = 0
  const say = (): void => {
    if (file === undefined) return
    const count = keys
    void whenIdle().then(() => fs.appendFileSync(file, `idle ${count}\n`))
  }
  return {
    say,
    onKeys: (count: number): void => {
      keys += count
      say()
    }
  }
}

type RunOptions = Pick<Together.TogetherOptions, "program" | "server">

const running = ({ program, server }: RunOptions) =>
  Effect.gen(function* () {
    const ended = yield* Deferred.make<Ended>()
    const end = (how: Ended): void => void Effect.runSync(Deferred.succeed(ended, how))
    let suspend = (): void => {}
    const app = yield* Together.make({
      program,
      server,
      around: {
        copy,
        suspend: () => suspend(),
        quit: (code) => end({ code, problem: undefined }),
        crash: (error) => end({ code: 1, problem: CrashFile.told(error) })
      }
    })
    let drawn = (): Promise<void> => Promise.resolve()
    const trace = traceOf(process.env["OURCLONE_TUI_IDLE"], () => app.whenIdle().then(() => drawn()))
    const frame = createElement(Frame, {
      app,
      hasColors: hasColors(process.env),
      onKeys: trace.onKeys,
      onSuspend: (by: () => void) => {
        suspend = by
      }
    })
    const guard = createElement(
      Guard,
      { onError: (error: unknown) => end({ code: 1, problem: CrashFile.told(error) }) },
      frame
    )
    // Ink draws from where the cursor is, and knows nothing of what stands there; both go to the terminal at once.
    process.stdout.write("\x1b[H\x1b[J")
    const ink = render(guard, {
      alternateScreen: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
      patchConsole: false,
      maxFps: framesPerSecond
    })
    drawn = ink.waitUntilRenderFlush
    process.stdout.write(Mouse.on)
    trace.say()
    const how = yield* Deferred.await(ended)
    ink.unmount()
    return how
  })

export const run = (options: RunOptions): Promise<Ended> =>
  Effect.runPromise(
    Effect.scoped(running(options)).pipe(
      Effect.catch(({ message }) => Effect.succeed<Ended>({ code: 1, problem: `error: ${message}` }))
    )
  )
