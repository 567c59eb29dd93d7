// A course: its figures, how scores spread, its sections and its assessments.

import { to } from "../addresses";
import type { CourseDashboard, SectionLine } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { Card } from "../parts/card";
import { Export } from "../parts/export";
import { Page, type Step } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { assessmentsOf } from "./assessment_lines";
import { StandardsOfCourse } from "./course_standards";
import { Group } from "./group";
import { courseName, LEARNERS, MEAN, SCORED, SomeWithheld } from "./lines";
import { Means } from "./means";

const t = texts.course;
const TRAIL: readonly Step[] = [[texts.overview.title, to.home]];

export function Course({ id }: { id: string }) {
  const resource = useResource(paths.course(id));
  return (
    <Ready of={resource} title={t.one} trail={TRAIL}>
      {(body) => (
        <Page title={courseName(body)} kind={t.one} trail={TRAIL}>
          <Shown body={body} />
        </Page>
      )}
    </Ready>
  );
}

const Shown = ({ body }: { body: CourseDashboard }) => (
  <>
    <Group figures={body} growth={body.growth} />
    <Means title={t.chart} groups={body.assessments.map((line) => ({ ...line, name: line.title }))} />
    <Card title={t.assessments}>
      <Table
        caption={t.assessmentsCaption}
        rows={body.assessments}
        keyOf={(line) => line.lineItemId}
        columns={assessmentsOf(body.courseId)}
        find={(line) => line.title}
      />
      <SomeWithheld lines={body.assessments} />
      <Export path={paths.courseExport(body.courseId)} what={t.assessmentsCaption} />
    </Card>
    {(body.standards ?? 0) > 0 && <StandardsOfCourse course={body.courseId} />}
    {body.sections.length > 0 && (
      <Card title={t.sections}>
        <Table
          caption={t.sectionsCaption}
          rows={body.sections}
          keyOf={(line) => line.sectionId}
          columns={sectionsOf(body.courseId)}
          find={(line) => line.title}
        />
        <SomeWithheld lines={body.sections} />
      </Card>
    )}
  </>
);

const sectionsOf = (course: string): readonly Column<SectionLine>[] => [
  {
    label: texts.section.one,
    value: (line) => <a href={to.section(course, line.sectionId)}>{line.title || line.sectionId}</a>,
    by: (line) => line.title,
  },
  LEARNERS,
  SCORED,
  MEAN,
];
