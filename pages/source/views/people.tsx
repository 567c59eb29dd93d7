// How the people of other systems were found in the roster, and who was not: the record that names each.

import { to } from "../addresses";
import type { MatchingView, UnmatchedView } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { count, share } from "../figures";
import { Card, Note } from "../parts/card";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";

const t = texts.people;

export function People() {
  const resource = useResource(paths.matchings);
  return (
    <Ready of={resource} title={t.title}>
      {({ items }) => (
        <Page title={t.title}>
          {items.length === 0 ? <Note>{t.empty}</Note> : <Shown matchings={items} />}
        </Page>
      )}
    </Ready>
  );
}

const Shown = ({ matchings }: { matchings: readonly MatchingView[] }) => (
  <>
    <Card title={t.systems}>
      <Table caption={t.systems} rows={matchings} keyOf={(matching) => matching.system} columns={SYSTEMS} />
    </Card>
    {matchings.some((matching) => matching.unmatched > 0) && <Unmatched />}
  </>
);

function Unmatched() {
  const first = useResource(paths.unmatched);
  if (first.state !== "ready") return null;
  return (
    <Card title={t.unmatched}>
      <Table caption={t.unmatchedCaption} isCaptionShown rows={first.body.items} columns={UNMATCHED} />
      {first.body.nextCursor && <p class="note">{t.further}</p>}
    </Card>
  );
}

const SYSTEMS: readonly Column<MatchingView>[] = [
  { label: t.system, value: (matching) => matching.system, by: (matching) => matching.system },
  {
    label: t.people,
    value: (matching) => count(matching.people),
    by: (matching) => matching.people,
    kind: "number",
  },
  {
    label: t.matched,
    value: (matching) => count(matching.matched),
    by: (matching) => matching.matched,
    kind: "number",
  },
  {
    label: t.rate,
    value: (matching) => share(matching.rate),
    by: (matching) => matching.rate,
    kind: "number",
  },
  {
    label: t.by,
    value: ({ identifier, rosterIdentifier }) =>
      identifier && rosterIdentifier ? t.pair(identifier, rosterIdentifier) : texts.none,
  },
];

/** Enough of a pseudonym to tell people apart. */
const SHORT = 9;

const UNMATCHED: readonly Column<UnmatchedView>[] = [
  { label: t.person, value: (person) => person.learner.slice(0, SHORT), by: (person) => person.learner },
  { label: t.system, value: (person) => person.system, by: (person) => person.system },
  {
    label: texts.files.file,
    value: (person) => <a href={to.file(person.ingestId)}>{person.member}</a>,
    by: (person) => person.member,
  },
  {
    label: texts.files.record,
    value: (person) => count(person.record),
    by: (person) => person.record,
    kind: "number",
  },
];
