// The results of one learner, course by course.

import type { LearnerResult } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { heightOfBars, percentBars } from "../charts/bars";
import { Chart } from "../charts/chart";
import { count, day, hundredths, percent } from "../figures";
import { Card, Meter, Note, Tag } from "../parts/card";
import { Export } from "../parts/export";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { StandardsOfLearner } from "./learner_standards";

const t = texts.learner;

/** A result; beside the learner's own stands the mean of the assessment, where enough others had it. */
type Result = LearnerResult & { readonly groupMean?: number | null };

export function Learner({ id }: { id: string }) {
  const resource = useResource(paths.learner(id));
  return (
    <Ready of={resource} title={t.title}>
      {({ name, courses }) => (
        <Page title={name ?? t.title} kind={id}>
          {courses.length === 0 && <Note>{t.empty}</Note>}
          {courses.map((course) => (
            <LearnerCourse key={course.courseId} name={course.courseId} results={course.results} />
          ))}
          <StandardsOfLearner id={id} />
          {courses.length > 0 && <Export path={paths.learnerExport(id)} what={t.title} />}
        </Page>
      )}
    </Ready>
  );
}

/** What a learner has reached in one course. */
export function LearnerCourse({ name, results }: { name: string; results: readonly Result[] }) {
  const scored = results.filter((result) => result.percent !== null);
  const hasMeans = results.some((result) => result.groupMean !== undefined);
  return (
    <Card title={name}>
      {scored.length > 1 && (
        <Chart
          title={t.chart}
          summary={name}
          level="h3"
          height={heightOfBars(scored.length)}
          drawing={percentBars(scored.map((result) => ({ name: result.title, value: result.percent })))}
          rows={scored}
          columns={hasMeans ? [TITLE, PERCENT, GROUP_MEAN] : [TITLE, PERCENT]}
        />
      )}
      <Table
        caption={t.courseCaption(name)}
        rows={results}
        keyOf={(result) => result.lineItemId}
        columns={
          hasMeans
            ? [TITLE, STATUS, SCORE, PERCENT, GROUP_MEAN, WHEN]
            : [TITLE, STATUS, SCORE, PERCENT, ATTEMPT, WHEN]
        }
        find={(result) => result.title}
      />
    </Card>
  );
}

const TITLE: Column<Result> = {
  label: texts.assessment.one,
  value: (result) => result.title,
  by: (result) => result.title,
};
const STATUS: Column<Result> = {
  label: texts.assessment.status,
  value: (result) => (
    <>
      {texts.statuses[result.status] ?? result.status} {result.late && <Tag tone="bad">{t.late}</Tag>}
    </>
  ),
};
const SCORE: Column<Result> = {
  label: t.score,
  value: (result) =>
    result.maxScore === null
      ? hundredths(result.score)
      : t.points(hundredths(result.score), hundredths(result.maxScore)),
  kind: "number",
};
const PERCENT: Column<Result> = {
  label: texts.scores.percent,
  value: (result) => <Meter value={result.percent} text={percent(result.percent)} />,
  by: (result) => result.percent,
  kind: "number",
};
const GROUP_MEAN: Column<Result> = {
  label: t.groupMean,
  value: (result) => percent(result.groupMean),
  by: (result) => result.groupMean,
  kind: "number",
};
const ATTEMPT: Column<Result> = {
  label: t.attempt,
  value: (result) => count(result.attempt),
  by: (result) => result.attempt,
  kind: "number",
};
const WHEN: Column<Result> = {
  label: t.when,
  value: (result) => day(result.occurredAt),
  by: (result) => result.occurredAt,
};
