// Schools and courses by the words in their names.

import { to } from "../addresses";
import type { Match } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { Card, Note } from "../parts/card";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { Table } from "../parts/table";
import { texts } from "../texts";

const t = texts.search;

export function Search({ words }: { words: string }) {
  const resource = useResource(paths.search(words));
  const title = t.found(words);
  return (
    <Ready of={resource} title={title}>
      {({ matches }) => (
        <Page title={title}>
          {matches.length === 0 ? (
            <Note>{t.nothing}</Note>
          ) : (
            <Card>
              <Table
                caption={title}
                rows={matches}
                keyOf={(match) => `${match.kind} ${match.id}`}
                columns={[
                  {
                    label: t.name,
                    value: (match) => <a href={addressOf(match)}>{match.title || match.id}</a>,
                  },
                  { label: t.kind, value: (match) => t.kinds[match.kind] ?? match.kind },
                ]}
              />
            </Card>
          )}
        </Page>
      )}
    </Ready>
  );
}

const addressOf = (match: Match) => (match.kind === "school" ? to.school(match.id) : to.course(match.id));
