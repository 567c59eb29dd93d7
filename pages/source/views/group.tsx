// What every group of results is shown by: headline figures, how scores spread, how learners grew.

import type { Figures, Growth } from "../api/models";
import { changes } from "../charts/changes";
import { Chart } from "../charts/chart";
import { count, moment, percent, signed } from "../figures";
import { Card, Note, Tiles, Withheld } from "../parts/card";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { Scores } from "./scores";

const t = texts.scores;

/** A figure of a group, or word that it is withheld. */
export const shown = (isWithheld: boolean | undefined, text: string) => (isWithheld ? <Withheld /> : text);

/** The headline figures of a group. */
export function GroupTiles({ figures }: { figures: Figures }) {
  const isWithheld = figures.suppressed;
  return (
    <>
      {isWithheld && <Note>{texts.withheld.note}</Note>}
      <Tiles
        tiles={[
          [t.learners, shown(isWithheld, count(figures.learners))],
          [t.results, shown(isWithheld, count(figures.results))],
          [t.mean, shown(isWithheld, percent(figures.percent?.mean))],
          [t.participation, shown(isWithheld, percent(figures.participation))],
          [t.missing, shown(isWithheld, count(figures.missing))],
          [t.late, shown(isWithheld, count(figures.late))],
          [texts.overview.newest, moment(figures.latestUpload)],
        ]}
      />
    </>
  );
}

/** All figures of a group, and its growth where there is any. */
export const Group = ({ figures, growth = [] }: { figures: Figures; growth?: readonly Growth[] }) => (
  <>
    <GroupTiles figures={figures} />
    <Scores percents={figures.percent} />
    <GrowthCard growth={growth} />
  </>
);

/** One step alone is a figure and no chart. */
function GrowthCard({ growth }: { growth: readonly Growth[] }) {
  if (growth.length === 0) return null;
  if (growth.length < 2)
    return (
      <Card title={t.growth}>
        <p class="note">{t.growthNote}</p>
        <Table caption={t.growth} rows={growth} columns={GROWTH} />
      </Card>
    );
  const steps = growth.map((step) => ({ name: t.fromTo(step.from, step.to), value: step.mean }));
  return (
    <Card>
      <Chart
        title={t.growth}
        note={t.growthNote}
        height={220}
        drawing={changes(steps)}
        rows={growth}
        columns={GROWTH}
      />
    </Card>
  );
}

const GROWTH: readonly Column<Growth>[] = [
  { label: t.step, value: (step) => t.fromTo(step.from, step.to) },
  { label: t.learners, value: (step) => count(step.learners), kind: "number" },
  { label: t.change, value: (step) => signed(step.mean), kind: "number" },
];
