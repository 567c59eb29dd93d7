// A course: its figures, how scores spread, and its assessments.

import { to } from "../addresses";
import type { AssessmentLine, CourseDashboard } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { count, moment, percent } from "../figures";
import { Card, Meter, Note, Tiles, Withheld } from "../parts/card";
import { Page, type Step } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { headline, Scores } from "./scores";

const t = texts.course;
const TRAIL: readonly Step[] = [[texts.overview.title, to.home]];

export function Course({ id }: { id: string }) {
  const resource = useResource(paths.course(id));
  return (
    <Ready of={resource} title={t.title(id)} trail={TRAIL}>
      {(body) => <Shown body={body} />}
    </Ready>
  );
}

function Shown({ body }: { body: CourseDashboard }) {
  return (
    <Page title={t.title(body.courseId)} trail={TRAIL}>
      {body.suppressed && <Note>{texts.withheld.note}</Note>}
      <Tiles
        tiles={[
          [texts.scores.learners, body.suppressed ? <Withheld /> : count(body.learners)],
          [texts.scores.results, body.suppressed ? <Withheld /> : count(body.results)],
          ...headline(body.percent, body.suppressed),
          [texts.overview.newest, moment(body.latestUpload)],
        ]}
      />
      <Scores percents={body.percent} />
      <Card title={t.assessments}>
        <Table
          caption={t.assessmentsCaption}
          rows={body.assessments}
          keyOf={(line) => line.lineItemId}
          columns={columnsOf(body.courseId)}
          find={(line) => line.title}
        />
        {body.assessments.some((line) => line.suppressed) && <p class="note">{texts.withheld.some}</p>}
      </Card>
    </Page>
  );
}

const columnsOf = (course: string): readonly Column<AssessmentLine>[] => [
  {
    label: texts.assessment.one,
    value: (line) => <a href={to.assessment(course, line.lineItemId)}>{line.title}</a>,
    by: (line) => line.title,
  },
  {
    label: texts.scores.learners,
    value: (line) => (line.suppressed ? <Withheld /> : count(line.learners)),
    by: (line) => line.learners,
    kind: "number",
  },
  {
    label: texts.assessment.scored,
    value: (line) => (line.suppressed ? <Withheld /> : count(line.scored)),
    by: (line) => line.scored,
    kind: "number",
  },
  {
    label: texts.scores.mean,
    value: (line) => (line.suppressed ? <Withheld /> : <Meter value={line.mean} text={percent(line.mean)} />),
    by: (line) => line.mean,
    kind: "number",
  },
];
