// Columns side by side: how many there are of each band.

import { count } from "../figures";
import { figures, names, plain, titled } from "./axes";
import type { Drawing } from "./canvas";

export interface Band {
  /** What stands below the column. */
  readonly mark: string;
  /** What the tooltip says. */
  readonly name: string;
  readonly n: number;
}

/** Draws counts; `axis` names what the bands are bands of. */
export const columns =
  (bands: readonly Band[], axis: string): Drawing =>
  (colours, isRightToLeft) => {
    const base = plain(colours, isRightToLeft);
    return {
      type: "bar",
      data: {
        labels: bands.map((band) => band.mark),
        datasets: [
          {
            data: bands.map((band) => band.n),
            backgroundColor: colours.accent,
            borderRadius: 3,
            categoryPercentage: 1,
            barPercentage: 0.86,
          },
        ],
      },
      options: {
        ...base,
        scales: {
          x: { ...names(colours), reverse: isRightToLeft, title: titled(axis, colours) },
          y: {
            ...figures(colours, true),
            position: isRightToLeft ? "right" : "left",
            ticks: { ...figures(colours, true).ticks, precision: 0 },
          },
        },
        plugins: {
          ...base.plugins,
          tooltip: {
            ...base.plugins?.tooltip,
            callbacks: {
              title: ([item]) => bands[item?.dataIndex ?? 0]?.name ?? "",
              label: (item) => count(item.parsed.y),
            },
          },
        },
      },
    };
  };
