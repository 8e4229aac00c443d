/** The frame of a screen: its one heading, which takes the focus when one comes here, the way back, and its commands. */
import { Link, type LinkProps } from "@tanstack/react-router"
import { type ReactNode, useEffect, useRef } from "react"
import { Icon } from "./Icon.tsx"
import styles from "./Page.module.css"

export interface Crumb {
  readonly label: string
  readonly link: LinkProps
}

interface PageProps {
  readonly title: string
  /** Of the window, where it says more than the heading. */
  readonly windowTitle?: string
  readonly crumbs?: ReadonlyArray<Crumb>
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
  readonly isNarrow?: boolean
}

export const Page = ({ actions, children, crumbs = [], isNarrow = false, lead, title, windowTitle }: PageProps) => {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus()
  }, [])
  return (
    <div className={`${styles.page} ${isNarrow ? styles.narrow : ""}`}>
      <title>{`${windowTitle ?? title} · OurClone`}</title>
      {crumbs.length === 0 ? null : (
        <nav aria-label="Where this is" className={styles.crumbs}>
          {crumbs.map((crumb) => (
            <span key={crumb.label}>
              <Link {...crumb.link}>{crumb.label}</Link>
              <Icon name="back" size={14} />
            </span>
          ))}
        </nav>
      )}
      <header className={styles.head}>
        <div className={styles.titles}>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead === undefined ? null : <div className={styles.lead}>{lead}</div>}
        </div>
        {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

interface SectionProps {
  readonly title: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export const Section = ({ actions, children, title }: SectionProps) => (
  <section className={styles.section} aria-label={title}>
    <header className={styles.head}>
      <h2>{title}</h2>
      {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
    </header>
    {children}
  </section>
)

export const Card = ({ children }: { readonly children: ReactNode }) => <div className={styles.card}>{children}</div>

/** Names and values. */
export const Facts = ({ facts }: { readonly facts: ReadonlyArray<readonly [name: string, value: ReactNode]> }) => (
  <dl className={styles.facts}>
    {facts.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)

export const Form = ({
  actions,
  children,
  label,
  onSubmit
}: {
  readonly label: string
  readonly children: ReactNode
  readonly actions: ReactNode
  readonly onSubmit: () => void
}) => (
  <form
    className={styles.form}
    aria-label={label}
    noValidate
    onSubmit={(event) => {
      event.preventDefault()
      onSubmit()
    }}
  >
    {children}
    <div className={styles.foot}>{actions}</div>
  </form>
)
