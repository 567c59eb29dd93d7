// A learner's first view: own results beside the means of their assessments, and what is missing or came late.

import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { count } from "../figures";
import { useMe } from "../me";
import { Note, Tiles } from "../parts/card";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { texts } from "../texts";
import { LearnerCourse } from "./learner";
import { StandardsOfLearner } from "./learner_standards";

const t = texts.learner;

export function StudentHome() {
  const resource = useResource(paths.studentHome);
  const { learners } = useMe();
  return (
    <Ready of={resource} title={t.title}>
      {({ courses, missing, late }) => (
        <Page title={t.title}>
          {courses.length === 0 ? (
            <Note>{t.empty}</Note>
          ) : (
            <Tiles
              tiles={[
                [texts.overview.courses, count(courses.length)],
                [texts.scores.missing, count(missing)],
                [texts.scores.late, count(late)],
              ]}
            />
          )}
          {courses.map((course) => (
            <LearnerCourse
              key={course.courseId}
              name={course.title || course.courseId}
              results={course.results}
            />
          ))}
          {courses.length > 0 && learners.map((learner) => <StandardsOfLearner key={learner} id={learner} />)}
        </Page>
      )}
    </Ready>
  );
}
