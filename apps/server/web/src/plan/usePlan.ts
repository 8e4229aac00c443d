/** Asks what a job would do; asking again, and leaving, ends what was asked before. */
import type { Envelope } from "@ourclone/core/events/Envelope"
import { useCallback, useEffect, useRef, useState } from "react"
import { messageOf } from "../api/call.ts"
import { lines } from "../api/lines.ts"
import type { Asked } from "../api/start.ts"
import { empty, fold, type Plan } from "./PlanFold.ts"

export interface Planning {
  /** What was asked, as the plan holds for nothing else. */
  readonly asked: Asked | undefined
  readonly plan: Plan | undefined
  readonly problem: string | undefined
  readonly isPlanning: boolean
  readonly ask: (asked: Asked) => void
  readonly drop: () => void
}

const drawMillis = 200

export const usePlan = (): Planning => {
  const controller = useRef<AbortController | undefined>(undefined)
  const [asked, setAsked] = useState<Asked>()
  const [plan, setPlan] = useState<Plan>()
  const [problem, setProblem] = useState<string>()
  const [isPlanning, setPlanning] = useState(false)
  const drop = useCallback(() => {
    controller.current?.abort()
    controller.current = undefined
    setAsked(undefined)
    setPlan(undefined)
    setProblem(undefined)
    setPlanning(false)
  }, [])
  const ask = useCallback((wanted: Asked) => {
    controller.current?.abort()
    const own = new AbortController()
    controller.current = own
    let made = empty
    let drawnAt = 0
    setAsked(wanted)
    setPlan(made)
    setProblem(undefined)
    setPlanning(true)
    const take = (some: ReadonlyArray<Envelope>) => {
      made = fold(made, some)
      if (performance.now() - drawnAt < drawMillis) return
      drawnAt = performance.now()
      setPlan(made)
    }
    lines<Envelope>("/previews", wanted, take, own.signal)
      .catch((error: unknown) => {
        if (!own.signal.aborted) setProblem(messageOf(error))
      })
      .finally(() => {
        if (own.signal.aborted) return
        setPlan(made)
        setPlanning(false)
      })
  }, [])
  useEffect(() => () => controller.current?.abort(), [])
  return { asked, plan, problem, isPlanning, ask, drop }
}
