// The standards of a course: beside its assessments, and one by one.

import { to } from "../addresses";
import type { CourseStandard, CourseStandards } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { Card, Note } from "../parts/card";
import { Export } from "../parts/export";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { assessmentsOf } from "./assessment_lines";
import { Group } from "./group";
import { courseName, LEARNERS, MEAN, SCORED, SomeWithheld } from "./lines";
import { Means } from "./means";
import { useTrail } from "./trail";

const t = texts.standards;

/** A standard as a line of figures. */
const lineOf = (standard: CourseStandard) => ({
  name: standard.standardId,
  learners: standard.learners ?? null,
  scored: standard.percent?.n ?? null,
  mean: standard.percent?.mean ?? null,
  suppressed: standard.suppressed ?? false,
});

type Line = ReturnType<typeof lineOf>;

/** The standards in the view of their course; nothing until they are read. */
export function StandardsOfCourse({ course }: { course: string }) {
  const resource = useResource(paths.courseStandards(course));
  return resource.state === "ready" ? <Listed body={resource.body} /> : null;
}

function Listed({ body }: { body: CourseStandards }) {
  const lines = body.standards.map(lineOf);
  return (
    <>
      <Means title={t.chart} groups={lines} />
      <Card title={t.title}>
        <Table
          caption={t.courseCaption}
          rows={lines}
          keyOf={(line) => line.name}
          columns={standardsOf(body.courseId)}
          find={(line) => line.name}
        />
        <SomeWithheld lines={lines} />
        <Export path={paths.courseStandardsExport(body.courseId)} what={t.courseCaption} />
      </Card>
    </>
  );
}

/** One standard of a course: its figures, and the assessments that are aligned to it. */
export function StandardOfCourse({ course, id }: { course: string; id: string }) {
  const resource = useResource(paths.courseStandards(course));
  const trail = useTrail(course);
  return (
    <Ready of={resource} title={id} trail={trail}>
      {(body) => (
        <Page title={id} kind={`${t.one}, ${courseName(body)}`} trail={trail}>
          <Shown course={course} standard={body.standards.find((own) => own.standardId === id)} />
        </Page>
      )}
    </Ready>
  );
}

function Shown({ course, standard }: { course: string; standard: CourseStandard | undefined }) {
  if (!standard) return <Note>{texts.problems.missingText}</Note>;
  return (
    <>
      <Group figures={standard} />
      <Card title={texts.course.assessments}>
        <Table
          caption={t.assessments}
          rows={standard.assessments}
          keyOf={(line) => line.lineItemId}
          columns={assessmentsOf(course)}
        />
        <SomeWithheld lines={standard.assessments} />
      </Card>
    </>
  );
}

const standardsOf = (course: string): readonly Column<Line>[] => [
  {
    label: t.one,
    value: (line) => <a href={to.courseStandard(course, line.name)}>{line.name}</a>,
    by: (line) => line.name,
  },
  LEARNERS,
  SCORED,
  MEAN,
];
