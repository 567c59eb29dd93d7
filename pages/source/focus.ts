// After a step to another view, the keyboard goes on from that view's title.

let isDue = false;

/** Says that the user has gone to another view. */
export function expectTitle(): void {
  isDue = true;
}

/** Takes the focus for `title` when it is the first that is shown after such a step. */
export function claimFocus(title: HTMLElement | null): void {
  if (!isDue || !title) return;
  isDue = false;
  title.focus({ preventScroll: true });
}
