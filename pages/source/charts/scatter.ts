// Points in a plane: two figures of each thing, and which of the things deserve a look.

import { hundredths } from "../figures";
import { figures, plain, titled } from "./axes";
import type { Drawing } from "./canvas";

export interface Spot {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly isFlagged: boolean;
}

interface Axis {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Draws spots; flagged ones have another shape as well as another colour. */
export const scatter =
  (spots: readonly Spot[], x: Axis, y: Axis): Drawing =>
  (colours, isRightToLeft) => {
    const base = plain(colours, isRightToLeft);
    const side = isRightToLeft ? "right" : "left";
    return {
      type: "scatter",
      data: {
        datasets: [
          {
            data: spots.map((spot) => ({ x: spot.x, y: spot.y })),
            pointStyle: spots.map((spot) => (spot.isFlagged ? "triangle" : "circle")),
            pointBackgroundColor: spots.map((spot) => (spot.isFlagged ? colours.warn : colours.accent)),
            pointBorderColor: colours.card,
            pointRadius: 6,
            pointHoverRadius: 8,
          },
        ],
      },
      options: {
        ...base,
        scales: {
          x: {
            ...figures(colours, true),
            min: x.from,
            max: x.to,
            reverse: isRightToLeft,
            title: titled(x.name, colours),
          },
          y: {
            ...figures(colours, true),
            min: y.from,
            max: y.to,
            position: side,
            title: titled(y.name, colours),
          },
        },
        plugins: {
          ...base.plugins,
          tooltip: {
            ...base.plugins?.tooltip,
            callbacks: {
              title: ([item]) => spots[item?.dataIndex ?? 0]?.name ?? "",
              label: (item) =>
                `${x.name} ${hundredths(item.parsed.x)}, ${y.name} ${hundredths(item.parsed.y)}`,
            },
          },
        },
      },
    };
  };
