// An administrator's first view: the district, its schools, how fresh each feed is, the files that land.

import { to } from "../addresses";
import type { AdministratorHome as Body, FeedLine } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { count, moment, percent, since } from "../figures";
import { Card, Meter, Note } from "../parts/card";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { NewestFiles } from "./files";
import { Group } from "./group";
import { Schools, schoolName } from "./lines";
import { Means } from "./means";

const t = texts.overview;

export function AdministratorHome() {
  const resource = useResource(paths.administratorHome);
  return (
    <Ready of={resource} title={t.title}>
      {(body) => (
        <Page title={t.title}>
          {body.figures ? <Shown body={body} /> : <Note>{t.empty}</Note>}
          <NewestFiles />
        </Page>
      )}
    </Ready>
  );
}

const Shown = ({ body }: { body: Body }) => (
  <>
    {body.figures && <Group figures={body.figures} growth={body.growth} />}
    <Means
      title={texts.school.chart}
      groups={body.schools.map((school) => ({ ...school, name: schoolName(school) }))}
    />
    <Schools schools={body.schools} />
    <p class="onward">
      <a href={to.courses}>{t.allCourses}</a> <a href={to.standards}>{texts.standards.all}</a>
    </p>
    <Card title={texts.feeds.title}>
      <Table caption={texts.feeds.title} rows={body.feeds} keyOf={(feed) => feed.feed} columns={FEEDS} />
    </Card>
  </>
);

const FEEDS: readonly Column<FeedLine>[] = [
  { label: texts.files.feed, value: (feed) => feed.feed, by: (feed) => feed.feed },
  {
    label: texts.scores.results,
    value: (feed) => count(feed.results),
    by: (feed) => feed.results,
    kind: "number",
  },
  {
    label: texts.scores.mean,
    value: (feed) => <Meter value={feed.mean} text={percent(feed.mean)} />,
    by: (feed) => feed.mean,
    kind: "number",
  },
  { label: t.newest, value: (feed) => moment(feed.latestUpload), by: (feed) => feed.latestUpload },
  { label: texts.feeds.age, value: (feed) => since(feed.latestUpload), by: (feed) => feed.latestUpload },
];
