// The colours of the style sheet as a canvas needs them: resolved for the scheme, contrast and medium of the moment.

import { useEffect, useState } from "preact/hooks";

const NAMES = ["ink", "soft", "line", "card", "accent", "accent-soft", "second", "third", "warn"] as const;

export type Palette = Readonly<Record<(typeof NAMES)[number], string>> & { readonly font: string };

/** Returns the colours that hold inside `element`. */
export function palette(element: HTMLElement): Palette {
  const probe = element.ownerDocument.createElement("i");
  element.append(probe);
  const colours = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return {
    ...(Object.fromEntries(colours) as Record<(typeof NAMES)[number], string>),
    font: getComputedStyle(element).fontFamily,
  };
}

const QUERIES = ["(prefers-color-scheme: dark)", "(forced-colors: active)", "print"];

/** Returns a number that changes whenever the colours may have changed. */
export function useScheme(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const note = () => setChanges((n) => n + 1);
    const lists = QUERIES.map((query) => matchMedia(query));
    for (const list of lists) list.addEventListener("change", note);
    return () => {
      for (const list of lists) list.removeEventListener("change", note);
    };
  }, []);
  return changes;
}
