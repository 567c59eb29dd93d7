// What the caller may see of the district: its figures, its schools, its courses.

import type { Overview as Body } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { count } from "../figures";
import { Note, Tiles } from "../parts/card";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { texts } from "../texts";
import { Group } from "./group";
import { Courses, courseName, Schools } from "./lines";
import { Means } from "./means";

const t = texts.overview;

export function Overview() {
  const resource = useResource(paths.overview);
  return (
    <Ready of={resource} title={t.title}>
      {(body) => (
        <Page title={t.title}>
          {body.courses.length === 0 ? <Note>{t.empty}</Note> : <Shown body={body} />}
        </Page>
      )}
    </Ready>
  );
}

const Shown = ({ body }: { body: Body }) => (
  <>
    {body.figures ? (
      <Group figures={body.figures} growth={body.growth} />
    ) : (
      <Tiles tiles={[[t.courses, count(body.courses.length)]]} />
    )}
    <Means title={t.chart} groups={body.courses.map((course) => ({ ...course, name: courseName(course) }))} />
    <Schools schools={body.schools} />
    <Courses courses={body.courses} hasExport />
  </>
);
