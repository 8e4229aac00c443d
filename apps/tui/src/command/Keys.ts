/** Keys by the names that tables of commands use, as people read them. */

const shown: { readonly [key: string]: string } = {
  enter: "Enter",
  esc: "Esc",
  tab: "Tab",
  "shift-tab": "Shift-Tab",
  space: "Space",
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
  home: "Home",
  end: "End",
  pageup: "PgUp",
  pagedown: "PgDn",
  backspace: "Backspace",
  delete: "Del"
}

export const keyText = (key: string): string => shown[key] ?? key.replace(/^ctrl-/, "Ctrl-")
