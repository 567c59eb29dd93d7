// The periods of the district, one after the other.

import type { PeriodDashboard } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { count, percent } from "../figures";
import { Card, Meter, Note } from "../parts/card";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { shown } from "./group";
import { Means } from "./means";

const t = texts.periods;

const nameOf = (period: PeriodDashboard) =>
  period.periodId === "-" ? t.none : period.title || period.periodId;

export function Periods() {
  const resource = useResource(paths.periods);
  return (
    <Ready of={resource} title={t.title}>
      {({ periods }) => (
        <Page title={t.title}>
          {periods.length === 0 ? <Note>{texts.overview.empty}</Note> : <Shown periods={periods} />}
        </Page>
      )}
    </Ready>
  );
}

const Shown = ({ periods }: { periods: readonly PeriodDashboard[] }) => (
  <>
    <Means
      title={t.chart}
      groups={periods.map((period) => ({
        name: nameOf(period),
        mean: period.percent?.mean ?? null,
        scored: period.percent?.n ?? null,
      }))}
    />
    <Card>
      <Table caption={t.caption} rows={periods} keyOf={(period) => period.periodId} columns={COLUMNS} />
    </Card>
  </>
);

const COLUMNS: readonly Column<PeriodDashboard>[] = [
  { label: t.one, value: nameOf, by: nameOf },
  {
    label: texts.scores.learners,
    value: (period) => shown(period.suppressed, count(period.learners)),
    by: (period) => period.learners,
    kind: "number",
  },
  {
    label: texts.scores.participation,
    value: (period) => shown(period.suppressed, percent(period.participation)),
    by: (period) => period.participation,
    kind: "number",
  },
  {
    label: texts.scores.missing,
    value: (period) => shown(period.suppressed, count(period.missing)),
    by: (period) => period.missing,
    kind: "number",
  },
  {
    label: texts.scores.mean,
    value: (period) => <Meter value={period.percent?.mean} text={percent(period.percent?.mean)} />,
    by: (period) => period.percent?.mean,
    kind: "number",
  },
];
