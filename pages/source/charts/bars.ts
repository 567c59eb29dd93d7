// Horizontal bars, one per name, from 0 to 100 percent.

import { percent } from "../figures";
import { figures, names, plain } from "./axes";
import type { Drawing } from "./canvas";

export interface Bar {
  readonly name: string;
  readonly value: number | null;
  /** Whether it stands back behind the others. */
  readonly isFaint?: boolean;
}

const LONGEST = 26;
/** How wide a character is at most, in pixels: names take half of a narrow chart at most, and would be cut off there. */
const CHARACTER = 8;

/** Draws percent points; a name that is too long is cut, the table beside the chart has it whole. */
export const percentBars =
  (bars: readonly Bar[]): Drawing =>
  (colours, isRightToLeft) => {
    const base = plain(colours, isRightToLeft);
    return {
      type: "bar",
      data: {
        labels: bars.map((bar) => bar.name),
        datasets: [
          {
            data: bars.map((bar) => bar.value),
            backgroundColor: bars.map((bar) => (bar.isFaint ? colours.soft : colours.accent)),
            borderRadius: 3,
            maxBarThickness: 18,
          },
        ],
      },
      options: {
        ...base,
        indexAxis: "y",
        scales: {
          x: { ...figures(colours, true), max: 100, reverse: isRightToLeft },
          y: {
            ...names(colours),
            position: isRightToLeft ? "right" : "left",
            ticks: {
              ...names(colours).ticks,
              autoSkip: false,
              callback(_, index) {
                return cut(bars[index]?.name ?? "", this.chart.width / 2);
              },
            },
          },
        },
        plugins: {
          ...base.plugins,
          tooltip: {
            ...base.plugins?.tooltip,
            callbacks: {
              title: ([item]) => bars[item?.dataIndex ?? 0]?.name ?? "",
              label: (item) => percent(item.parsed.x),
            },
          },
        },
      },
    };
  };

/** How high bars want to be drawn. */
export const heightOfBars = (n: number) => 44 + n * 28;

const cut = (name: string, pixels: number) => {
  const longest = Math.min(LONGEST, Math.floor(pixels / CHARACTER));
  return name.length > longest ? `${name.slice(0, longest - 1)}…` : name;
};
