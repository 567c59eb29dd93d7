// The columns of the assessments of a course.

import { to } from "../addresses";
import type { AssessmentLine } from "../api/models";
import type { Column } from "../parts/table";
import { texts } from "../texts";
import { LEARNERS, MEAN, SCORED } from "./lines";

export const assessmentsOf = (course: string): readonly Column<AssessmentLine>[] => [
  {
    label: texts.assessment.one,
    value: (line) => <a href={to.assessment(course, line.lineItemId)}>{line.title}</a>,
    by: (line) => line.title,
  },
  LEARNERS,
  SCORED,
  MEAN,
];
