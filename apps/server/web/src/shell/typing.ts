/** Whether something was typed into the screen that is open: nobody is led away from that without having asked for it. */
let isTyped = false

export const hasTyped = (): boolean => isTyped

/** `onLeft` calls when another screen is shown. */
export const watchTyping = (onLeft: (left: () => void) => void): void => {
  document.addEventListener("input", ({ target }) => {
    if (target instanceof Element && target.closest("main form") !== null) isTyped = true
  })
  onLeft(() => {
    isTyped = false
  })
}
