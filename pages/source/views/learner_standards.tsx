// What the results of a learner come to by standard, course by course; nothing where none is aligned to any.

import type { LearnerStandard } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { count, percent } from "../figures";
import { Card, Meter } from "../parts/card";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { courseName } from "./lines";

const t = texts.standards;

export function StandardsOfLearner({ id }: { id: string }) {
  const resource = useResource(paths.learnerStandards(id));
  if (resource.state !== "ready") return null;
  return (
    <>
      {resource.body.courses.map((course) => (
        <Card key={course.courseId} title={t.of(courseName(course))}>
          <Table
            caption={t.learnerCaption(courseName(course))}
            rows={course.standards}
            keyOf={(line) => line.standardId}
            columns={COLUMNS}
            find={(line) => line.standardId}
          />
        </Card>
      ))}
    </>
  );
}

const COLUMNS: readonly Column<LearnerStandard>[] = [
  { label: t.one, value: (line) => line.standardId, by: (line) => line.standardId },
  {
    label: texts.scores.results,
    value: (line) => count(line.results),
    by: (line) => line.results,
    kind: "number",
  },
  {
    label: texts.scores.mean,
    value: (line) => <Meter value={line.mean} text={percent(line.mean)} />,
    by: (line) => line.mean,
    kind: "number",
  },
];
