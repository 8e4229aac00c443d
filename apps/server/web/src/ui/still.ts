import { useEffect, useState } from "react"

/** The value as it was when it had been still for a moment, so that not each letter of it is acted on. */
export const useStill = <Value>(value: Value, millis = 600): Value => {
  const [still, setStill] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setStill(value), millis)
    return () => clearTimeout(timer)
  }, [value, millis])
  return still
}
