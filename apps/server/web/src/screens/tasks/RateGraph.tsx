/** How fast it went in the last two minutes, as long as somebody looks. */
import * as Amount from "@ourclone/core/events/Amount"
import * as Rate from "@ourclone/core/events/Rate"
import { useEffect, useState } from "react"
import styles from "./RateGraph.module.css"

const kept = 120
const everyMillis = 1000

export const RateGraph = ({ samples }: { readonly samples: Rate.Samples }) => {
  const [rates, setRates] = useState<ReadonlyArray<number>>([])
  const latest = Rate.perSecond(samples) ?? 0
  const lastAt = samples.at(-1)?.[0] ?? 0
  useEffect(() => {
    const timer = setInterval(() => {
      const isStale = Date.now() - lastAt > 10_000
      setRates((all) => [...all.slice(1 - kept), isStale ? 0 : latest])
    }, everyMillis)
    return () => clearInterval(timer)
  }, [latest, lastAt])
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
