// The results of one learner, course by course.

import type { LearnerCourse, LearnerResult } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { heightOfBars, percentBars } from "../charts/bars";
import { Chart } from "../charts/chart";
import { count, day, hundredths, percent } from "../figures";
import { Card, Meter, Note } from "../parts/card";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";

const t = texts.learner;

/** `isOwn`: shown to the learner, who need not be told who it is. */
export function Learner({ id, isOwn = false }: { id: string; isOwn?: boolean }) {
  const resource = useResource(paths.learner(id));
  return (
    <Ready of={resource} title={t.title}>
      {({ courses }) => (
        <Page title={t.title} {...(isOwn ? {} : { kind: id })}>
          {courses.length === 0 ? (
            <Note>{t.empty}</Note>
          ) : (
            courses.map((course) => <Course key={course.courseId} course={course} />)
          )}
        </Page>
      )}
    </Ready>
  );
}

function Course({ course: { courseId, results } }: { course: LearnerCourse }) {
  const scored = results.filter((result) => result.percent !== null);
  return (
    <Card title={courseId}>
      {scored.length > 1 && (
        <Chart
          title={t.chart}
          summary={courseId}
          level="h3"
          height={heightOfBars(scored.length)}
          drawing={percentBars(scored.map((result) => ({ name: result.title, value: result.percent })))}
          rows={scored}
          columns={[TITLE, PERCENT]}
        />
      )}
      <Table
        caption={t.courseCaption(courseId)}
        rows={results}
        keyOf={(result) => result.lineItemId}
        columns={COLUMNS}
        find={(result) => result.title}
      />
    </Card>
  );
}

const TITLE: Column<LearnerResult> = {
  label: texts.assessment.one,
  value: (result) => result.title,
  by: (result) => result.title,
};
const PERCENT: Column<LearnerResult> = {
  label: texts.scores.percent,
  value: (result) => <Meter value={result.percent} text={percent(result.percent)} />,
  by: (result) => result.percent,
  kind: "number",
};
const COLUMNS: readonly Column<LearnerResult>[] = [
  TITLE,
  {
    label: texts.assessment.status,
    value: (result) => texts.statuses[result.status] ?? result.status,
  },
  {
    label: t.score,
    value: (result) =>
      result.maxScore === null
        ? hundredths(result.score)
        : t.points(hundredths(result.score), hundredths(result.maxScore)),
    kind: "number",
  },
  PERCENT,
  {
    label: t.attempt,
    value: (result) => count(result.attempt),
    by: (result) => result.attempt,
    kind: "number",
  },
  { label: t.when, value: (result) => day(result.occurredAt), by: (result) => result.occurredAt },
];
