/** How fast it went in the last two minutes, as long as somebody looks. */
import * as Amount from "@ourclone/core/events/Amount"
import type * as Rate from "@ourclone/core/events/Rate"
import { useEffect, useRef, useState } from "react"
import { rateOf } from "../../words/taskFigures.ts"
import styles from "./RateGraph.module.css"

const kept = 120
const everyMillis = 1000

export const RateGraph = ({ samples }: { readonly samples: Rate.Samples }) => {
  const [rates, setRates] = useState<ReadonlyArray<number>>([])
  const latest = useRef(samples)
  useEffect(() => {
    latest.current = samples
  }, [samples])
  useEffect(() => {
    const timer = setInterval(() => {
      const rate = rateOf(latest.current, Date.now()) ?? 0
      setRates((all) => [...all.slice(1 - kept), rate])
    }, everyMillis)
    return () => clearInterval(timer)
  }, [])
  if (rates.length < 3) return null
  const most = Math.max(...rates, 1)
  const points = rates.map((rate, index) => `${kept - rates.length + index},${32 - (rate / most) * 30}`)
  return (
    <figure className={styles.graph}>
      <svg
        viewBox={`0 0 ${kept - 1} 33`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Rate, at most ${Amount.bytes(most)} a second lately`}
      >
        <polygon points={`${kept - rates.length},33 ${points.join(" ")} ${kept - 1},33`} />
        <polyline points={points.join(" ")} />
      </svg>
    </figure>
  )
}
