// A school: its figures and its courses.

import { to } from "../addresses";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { Page, type Step } from "../parts/page";
import { Ready } from "../parts/ready";
import { texts } from "../texts";
import { Group } from "./group";
import { Courses, courseName, schoolName } from "./lines";
import { Means } from "./means";

const TRAIL: readonly Step[] = [[texts.overview.title, to.home]];

export function School({ id }: { id: string }) {
  const resource = useResource(paths.school(id));
  return (
    <Ready of={resource} title={texts.school.one} trail={TRAIL}>
      {(body) => (
        <Page title={schoolName(body)} kind={texts.school.one} trail={TRAIL}>
          <Group figures={body} growth={body.growth} />
          <Means
            title={texts.overview.chart}
            groups={body.courses.map((course) => ({ ...course, name: courseName(course) }))}
          />
          <Courses courses={body.courses} />
        </Page>
      )}
    </Ready>
  );
}
