// The standards of the district: what results come to on each, and in which courses.

import { to } from "../addresses";
import type { StandardCourse, StandardLine } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { count } from "../figures";
import { Card, Note } from "../parts/card";
import { Export } from "../parts/export";
import { Page, type Step } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { Group } from "./group";
import { courseName, LEARNERS, MEAN, SCORED } from "./lines";
import { Means } from "./means";

const t = texts.standards;
const TRAIL: readonly Step[] = [[t.title, to.standards]];

export function Standards() {
  const resource = useResource(paths.standards);
  return (
    <Ready of={resource} title={t.title}>
      {({ standards }) => (
        <Page title={t.title}>
          {standards.length === 0 ? <Note>{t.empty}</Note> : <Shown standards={standards} />}
        </Page>
      )}
    </Ready>
  );
}

const Shown = ({ standards }: { standards: readonly StandardLine[] }) => (
  <>
    <Means title={t.chart} groups={standards.map((line) => ({ ...line, name: line.standardId }))} />
    <Card>
      <Table
        caption={t.caption}
        rows={standards}
        keyOf={(line) => line.standardId}
        columns={STANDARDS}
        find={(line) => line.standardId}
      />
      <p class="note">{t.pairs}</p>
      <Export path={paths.standardsExport} what={t.caption} />
    </Card>
  </>
);

export function Standard({ id }: { id: string }) {
  const resource = useResource(paths.standard(id));
  return (
    <Ready of={resource} title={id} trail={TRAIL}>
      {(body) => (
        <Page title={id} kind={t.one} trail={TRAIL}>
          <Group figures={body} />
          <Card title={texts.overview.courses}>
            <Table
              caption={t.courses}
              rows={body.courses}
              keyOf={(course) => course.courseId}
              columns={COURSES}
              find={courseName}
            />
            <p class="note">{t.pairs}</p>
          </Card>
        </Page>
      )}
    </Ready>
  );
}

const STANDARDS: readonly Column<StandardLine>[] = [
  {
    label: t.one,
    value: (line) => <a href={to.standard(line.standardId)}>{line.standardId}</a>,
    by: (line) => line.standardId,
  },
  {
    label: texts.overview.courses,
    value: (line) => count(line.courses),
    by: (line) => line.courses,
    kind: "number",
  },
  LEARNERS,
  SCORED,
  MEAN,
];
const COURSES: readonly Column<StandardCourse>[] = [
  {
    label: texts.course.one,
    value: (course) => <a href={to.course(course.courseId)}>{courseName(course)}</a>,
    by: courseName,
  },
  LEARNERS,
  SCORED,
  MEAN,
];
