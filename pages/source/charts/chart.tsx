// A chart with its table: the canvas says what it shows in one sentence, the table says every figure.

import type { JSX } from "preact";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { Canvas, type Drawing } from "./canvas";

interface Properties<R> {
  title: string;
  /** What a reader should take from it; said to those who don't see it. */
  summary?: string;
  /** What stands below the title. */
  note?: string;
  height: number;
  drawing: Drawing;
  rows: readonly R[];
  columns: readonly Column<R>[];
  level?: "h2" | "h3";
}

export function Chart<R>(props: Properties<R>): JSX.Element {
  const Heading = props.level ?? "h2";
  return (
    <figure class="chart">
      <figcaption>
        <Heading>{props.title}</Heading>
        {props.note && <p class="note">{props.note}</p>}
      </figcaption>
      <Canvas
        label={[props.title, props.summary].filter(Boolean).join(". ")}
        height={props.height}
        content={JSON.stringify([props.title, props.rows])}
        drawing={props.drawing}
      />
      <details class="figures">
        <summary>{texts.chart.asTable}</summary>
        <Table caption={props.title} rows={props.rows} columns={props.columns} />
      </details>
    </figure>
  );
}
