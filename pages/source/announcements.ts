// What the live region says: short, and gone after a moment, so that the same words can be said again.

import { useEffect, useState } from "preact/hooks";

const SHOWN_MS = 2500;
const listeners = new Set<(text: string) => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says `text` to everybody, by sight and by screen reader. */
export function announce(text: string): void {
  clearTimeout(timer);
  tell(text);
  timer = setTimeout(() => tell(""), SHOWN_MS);
}

/** Returns what is being said; empty in between. */
export function useAnnouncement(): string {
  const [text, setText] = useState("");
  useEffect(() => {
    listeners.add(setText);
    return () => void listeners.delete(setText);
  }, []);
  return text;
}

function tell(text: string): void {
  for (const listener of listeners) listener(text);
}
