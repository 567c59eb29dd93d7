// The courses that the caller may see, with their headline figures.

import { to } from "../addresses";
import type { Overview as Body, CourseLine } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { heightOfBars, percentBars } from "../charts/bars";
import { Chart } from "../charts/chart";
import { count, moment, percent } from "../figures";
import { readsFiles, useMe } from "../me";
import { Card, Meter, Note, Tiles, Withheld } from "../parts/card";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { NewestFiles } from "./files";

const t = texts.overview;
const MOST_BARS = 12;

export function Overview() {
  const resource = useResource(paths.overview);
  return (
    <Ready of={resource} title={t.title}>
      {(body) => <Shown body={body} />}
    </Ready>
  );
}

function Shown({ body: { courses } }: { body: Body }) {
  const me = useMe();
  if (courses.length === 0)
    return (
      <Page title={t.title}>
        <Note>{t.empty}</Note>
      </Page>
    );
  const results = courses.reduce((sum, course) => sum + (course.results ?? 0), 0);
  const newest = courses
    .map((course) => course.latestUpload)
    .sort()
    .at(-1);
  return (
    <Page title={t.title}>
      <Tiles
        tiles={[
          [t.courses, count(courses.length)],
          [t.results, count(results)],
          [t.newest, moment(newest)],
        ]}
      />
      <Means courses={courses} />
      <Card title={t.courses}>
        <Table
          caption={t.coursesCaption}
          rows={courses}
          keyOf={(course) => course.courseId}
          columns={COLUMNS}
          find={(course) => course.courseId}
        />
        {courses.some((course) => course.suppressed) && <p class="note">{texts.withheld.some}</p>}
      </Card>
      {readsFiles(me) && <NewestFiles />}
    </Page>
  );
}

/** Mean scores beside each other; where there are very many courses, of the largest. */
function Means({ courses }: { courses: readonly CourseLine[] }) {
  const known = courses.filter((course) => course.mean !== null);
  const largest = known.toSorted((a, b) => (b.results ?? 0) - (a.results ?? 0)).slice(0, MOST_BARS);
  if (largest.length < 2) return null;
  const bars = largest.map((course) => ({ name: course.courseId, value: course.mean }));
  return (
    <Card>
      <Chart
        title={t.chart}
        note={t.chartNote(largest.length, known.length)}
        height={heightOfBars(bars.length)}
        drawing={percentBars(bars)}
        rows={largest}
        columns={[NAME, MEAN]}
      />
    </Card>
  );
}

const NAME: Column<CourseLine> = {
  label: texts.course.one,
  value: (course) => <a href={to.course(course.courseId)}>{course.courseId}</a>,
  by: (course) => course.courseId,
};
const MEAN: Column<CourseLine> = {
  label: texts.scores.mean,
  value: (course) =>
    course.suppressed ? <Withheld /> : <Meter value={course.mean} text={percent(course.mean)} />,
  by: (course) => course.mean,
  kind: "number",
};
const COLUMNS: readonly Column<CourseLine>[] = [
  NAME,
  {
    label: texts.scores.learners,
    value: (course) => (course.suppressed ? <Withheld /> : count(course.learners)),
    by: (course) => course.learners,
    kind: "number",
  },
  {
    label: texts.scores.assessments,
    value: (course) => count(course.assessments),
    by: (course) => course.assessments,
    kind: "number",
  },
  {
    label: texts.scores.results,
    value: (course) => (course.suppressed ? <Withheld /> : count(course.results)),
    by: (course) => course.results,
    kind: "number",
  },
  MEAN,
  { label: t.newest, value: (course) => moment(course.latestUpload), by: (course) => course.latestUpload },
];
