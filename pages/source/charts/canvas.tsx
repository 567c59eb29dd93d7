// A canvas that Chart.js draws on, drawn anew when its figures or the colours change.

import type { Chart, ChartConfiguration } from "chart.js";
import { useEffect, useRef } from "preact/hooks";
import { type Palette, palette, useScheme } from "./palette";

/** What a kind of chart has to say to the library, in the colours of the moment. */
export type Drawing = (colours: Palette, isRightToLeft: boolean) => ChartConfiguration;

/** `content` names what is drawn: as long as it is the same, the drawing is left alone. */
export function Canvas(props: { label: string; height: number; content: string; drawing: Drawing }) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useScheme();
  useEffect(() => {
    let chart: Chart | undefined;
    let isOver = false;
    void import("./library").then((library) => {
      const canvas = box.current?.querySelector("canvas");
      if (isOver || !box.current || !canvas) return;
      const isRightToLeft = getComputedStyle(box.current).direction === "rtl";
      chart = new library.Chart(canvas, calm(props.drawing(palette(box.current), isRightToLeft)));
    });
    return () => {
      isOver = true;
      chart?.destroy();
    };
  }, [props.content, scheme]);
  return (
    <div class="canvas" ref={box} style={{ blockSize: `${props.height}px` }}>
      <canvas role="img" aria-label={props.label} />
    </div>
  );
}

/** Nothing moves by itself, and the chart fills its box. */
function calm(configuration: ChartConfiguration): ChartConfiguration {
  const options = {
    ...configuration.options,
    animation: false as const,
    responsive: true,
    maintainAspectRatio: false,
  };
  return { ...configuration, options } as ChartConfiguration;
}
