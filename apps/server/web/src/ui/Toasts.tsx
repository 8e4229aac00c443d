/** What came of a press, said once and politely; a failure stays until it is closed. */
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react"
import { Button, IconButton } from "./Button.tsx"
import styles from "./Toasts.module.css"

export interface Toast {
  readonly text: string
  readonly isFailure?: boolean
  readonly action?: { readonly label: string; readonly onPress: () => void }
}

type Say = (toast: Toast) => void

const Saying = createContext<Say>(() => undefined)

export const useSay = (): Say => useContext(Saying)

const staysMillis = 8000
let lastId = 0

export const Toasts = ({ children }: { readonly children: ReactNode }) => {
  const [toasts, setToasts] = useState<ReadonlyArray<Toast & { readonly id: number }>>([])
  const drop = useCallback((id: number) => setToasts((all) => all.filter((one) => one.id !== id)), [])
  const say = useCallback<Say>(
    (toast) => {
      lastId++
      const id = lastId
      setToasts((all) => [...all.slice(-2), { ...toast, id }])
      if (toast.isFailure !== true) setTimeout(() => drop(id), staysMillis)
    },
    [drop]
  )
  const shown = useMemo(() => toasts, [toasts])
  return (
    <Saying value={say}>
      {children}
      <div className={styles.toasts} aria-live="polite">
        {shown.map(({ action, id, isFailure, text }) => (
          <div key={id} className={`${styles.toast} ${isFailure === true ? styles.failure : ""}`}>
            <p>{text}</p>
            {action === undefined ? null : (
              <Button
                isDense
                onPress={() => {
                  drop(id)
                  action.onPress()
                }}
              >
                {action.label}
              </Button>
            )}
            <IconButton icon="close" label="Dismiss" onPress={() => drop(id)} />
          </div>
        ))}
      </div>
    </Saying>
  )
}
