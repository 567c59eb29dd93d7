// Ends the session: forgets the token and every answer, and tells whoever shows the page.

import { forget } from "../session";
import { forgetAnswers } from "./client";

const listeners = new Set<() => void>();

/** Calls `listener` whenever the session ends. */
export function onSessionEnd(listener: () => void): void {
  listeners.add(listener);
}

/** Ends it, by the user's wish or because the server does not take the token any more. */
export function endSession(): void {
  forget();
  forgetAnswers();
  for (const listener of listeners) listener();
}
