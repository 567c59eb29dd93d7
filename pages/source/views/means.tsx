// Mean scores of groups beside each other; where there are very many, of the largest.

import { heightOfBars, percentBars } from "../charts/bars";
import { Chart } from "../charts/chart";
import { count, percent } from "../figures";
import { Card, Meter } from "../parts/card";
import { texts } from "../texts";

export interface Mean {
  readonly name: string;
  readonly mean: number | null;
  readonly scored: number | null;
}

interface Known extends Mean {
  readonly mean: number;
}

const MOST = 12;
const t = texts.scores;

export function Means({ title, groups }: { title: string; groups: readonly Mean[] }) {
  const known = groups.filter((group): group is Known => group.mean !== null);
  const largest = known.toSorted((a, b) => (b.scored ?? 0) - (a.scored ?? 0)).slice(0, MOST);
  if (largest.length < 2) return null;
  return (
    <Card>
      <Chart
        title={title}
        note={largest.length < known.length ? t.largest(largest.length) : ""}
        height={heightOfBars(largest.length)}
        drawing={percentBars(largest.map((group) => ({ name: group.name, value: group.mean })))}
        rows={largest}
        columns={[
          { label: t.group, value: (group) => group.name, by: (group) => group.name },
          {
            label: t.count,
            value: (group) => count(group.scored),
            by: (group) => group.scored,
            kind: "number",
          },
          {
            label: t.mean,
            value: (group) => <Meter value={group.mean} text={percent(group.mean)} />,
            by: (group) => group.mean,
            kind: "number",
          },
        ]}
      />
    </Card>
  );
}
