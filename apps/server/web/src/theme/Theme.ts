/** Light or dark: the system's choice until somebody makes another, which this browser keeps. */
export type Theme = "system" | "light" | "dark"

const key = "ourclone-theme"

const isTheme = (value: string | null): value is Theme => value === "light" || value === "dark" || value === "system"

export const chosen = (): Theme => {
  try {
    const value = localStorage.getItem(key)
    return isTheme(value) ? value : "system"
  } catch {
    return "system"
  }
}

export const apply = (theme: Theme = chosen()): void => {
  if (theme === "system") delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export const choose = (theme: Theme): void => {
  apply(theme)
  try {
    localStorage.setItem(key, theme)
  } catch {
    // Without storage it holds until the tab is closed.
  }
}
