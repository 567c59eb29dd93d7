// A view: where it is, what it is called, what it shows.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { claimFocus } from "../focus";
import { texts } from "../texts";

/** An address on the way to a view, with its name. */
export type Step = readonly [name: string, address: string];

interface Properties {
  title: string;
  /** What stands above the title: the kind of thing that it names. */
  kind?: string;
  trail?: readonly Step[];
  /** Whether another page takes its place as soon as figures are there. */
  isProvisional?: boolean;
  children?: ComponentChildren;
}

export function Page({ title, kind, trail = [], isProvisional = false, children }: Properties) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = texts.titled(title);
  }, [title]);
  useEffect(() => {
    if (!isProvisional) claimFocus(heading.current);
  }, [title, isProvisional]);
  return (
    <>
      {trail.length > 0 && (
        <nav class="trail" aria-label={texts.navigation.trail}>
          <ol>
            {trail.map(([name, address]) => (
              <li key={address}>
                <a href={address}>{name}</a>
              </li>
            ))}
          </ol>
        </nav>
      )}
      <div class="title">
        {kind && <p class="kind">{kind}</p>}
        <h1 tabIndex={-1} ref={heading}>
          {title}
        </h1>
      </div>
      {children}
    </>
  );
}
