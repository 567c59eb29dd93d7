// How the scores of a group spread: headline figures, the distribution as a chart, all figures as a table.

import type { PercentStatistics } from "../api/models";
import { heightOfBars, percentBars } from "../charts/bars";
import { Chart } from "../charts/chart";
import { columns } from "../charts/columns";
import { count, percent, share, tenths } from "../figures";
import { Card } from "../parts/card";
import { Table } from "../parts/table";
import { texts } from "../texts";

const t = texts.scores;
const WIDTH = 5;
const MOST = 100;

type Statistics = PercentStatistics | null | undefined;

export function Scores({ percents }: { percents: Statistics }) {
  if (!percents) return null;
  return (
    <div class="split">
      <Card>
        <Distribution percents={percents} />
      </Card>
      <Card title={t.figures}>
        <Table caption={t.percent} rows={figuresOf(percents)} columns={FIGURES} />
        <Bands percents={percents} />
      </Card>
    </div>
  );
}

function Distribution({ percents }: { percents: PercentStatistics }) {
  const rows = percents.distribution.map((n, i) => ({ from: i * WIDTH, n, part: n / percents.n }));
  const fullest = rows.reduce((a, b) => (b.n > a.n ? b : a), rows[0] ?? { from: 0, n: 0, part: 0 });
  const bands = rows.map(({ from, n }) => ({ mark: String(from), name: t.bandOf(from, from + WIDTH), n }));
  return (
    <Chart
      title={t.distribution}
      note={t.distributionNote(percents.n)}
      summary={t.distributionSummary(t.bandOf(fullest.from, fullest.from + WIDTH), percent(percents.mean))}
      height={380}
      drawing={columns(bands, t.percent)}
      rows={rows}
      columns={[
        { label: t.band, value: (row) => t.bandOf(row.from, row.from + WIDTH) },
        { label: t.count, value: (row) => count(row.n), kind: "number" },
        { label: t.share, value: (row) => share(row.part), kind: "number" },
      ]}
    />
  );
}

/** How many have come how far, by the tenant's own bands of mastery. */
function Bands({ percents: { n, bands } }: { percents: PercentStatistics }) {
  if (bands.length === 0) return null;
  const rows = bands.map(({ startsAt, scored }, i) => ({
    name: t.bandOf(startsAt, bands[i + 1]?.startsAt ?? MOST),
    scored,
    part: (scored / n) * MOST,
  }));
  return (
    <Chart
      title={t.mastery}
      level="h3"
      height={heightOfBars(rows.length)}
      drawing={percentBars(rows.map(({ name, part }) => ({ name, value: part })))}
      rows={rows}
      columns={[
        { label: t.band, value: (row) => row.name },
        { label: t.count, value: (row) => count(row.scored), kind: "number" },
        { label: t.share, value: (row) => percent(row.part), kind: "number" },
      ]}
    />
  );
}

type Figure = readonly [name: string, value: string];

const FIGURES = [
  { label: t.figure, value: ([name]: Figure) => name },
  { label: t.value, value: ([, value]: Figure) => value, kind: "number" as const },
];

const figuresOf = (percents: PercentStatistics): readonly Figure[] => [
  [t.count, count(percents.n)],
  [t.mean, percent(percents.mean)],
  [t.deviation, tenths(percents.standardDeviation)],
  [t.median, percent(percents.median)],
  [t.quartiles, t.between(percent(percents.lowerQuartile), percent(percents.upperQuartile))],
  ...rangeOf(percents),
];

/** The extremes are single learners' scores: who sees aggregates only is not told them. */
const rangeOf = ({ minimum, maximum }: PercentStatistics): readonly Figure[] =>
  minimum === null ? [] : [[t.range, t.between(percent(minimum), percent(maximum))]];
