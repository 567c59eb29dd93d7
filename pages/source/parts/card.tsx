// The pieces that views are made of.

import type { ComponentChildren } from "preact";
import { texts } from "../texts";

export function Card({ title, children }: { title?: string; children: ComponentChildren }) {
  return (
    <section class="card">
      {title && <h2>{title}</h2>}
      {children}
    </section>
  );
}

/** A headline figure: its name, its value, and what else is to be said of it. */
export type Tile = readonly [name: string, value: ComponentChildren, note?: string];

export function Tiles({ tiles }: { tiles: readonly Tile[] }) {
  return (
    <dl class="tiles">
      {tiles.map(([name, value, note]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          {note && <dd class="note">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}

export const Note = ({ children }: { children: ComponentChildren }) => <p class="card note">{children}</p>;

/** In place of figures that this caller is not shown. */
export const Withheld = () => <span class="withheld">{texts.withheld.short}</span>;

/** A percent figure with a bar as long as it; in a column of them, lengths are compared at a glance. */
export function Meter({ value, text }: { value: number | null | undefined; text: string }) {
  if (value === null || value === undefined) return <>{text}</>;
  return (
    <span class="meter">
      <span class="track" aria-hidden="true">
        <span style={{ inlineSize: `${Math.max(0, Math.min(100, value))}%` }} />
      </span>
      <span class="figure">{text}</span>
    </span>
  );
}

/** A short word with a colour of its own. */
export const Tag = ({
  tone,
  children,
}: {
  tone: "good" | "busy" | "bad" | "calm";
  children: ComponentChildren;
}) => <span class={`tag ${tone}`}>{children}</span>;
