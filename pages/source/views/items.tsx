// Item analysis: how hard each item of an assessment is, how well it tells learners apart, and what deserves a look.

import { to } from "../addresses";
import type { ItemDashboard, ItemLine } from "../api/models";
import * as paths from "../api/paths";
import { type Resource, useResource } from "../api/resource";
import { Chart } from "../charts/chart";
import { scatter } from "../charts/scatter";
import { coefficient, count, share, tenths } from "../figures";
import { Card, Meter, Note, Tag, Tiles } from "../parts/card";
import { Page, type Step } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { useTrail } from "./trail";

const t = texts.items;

export const useItems = (course: string, id: string): Resource<ItemDashboard> =>
  useResource(paths.items(course, id));

/** The way to an assessment's items, for the title of the assessment, once that is known. */
export function useTrailOfItems(course: string, id: string): (title?: string) => readonly Step[] {
  const way = useTrail(course);
  return (title = texts.assessment.one) => [...way, [title, to.assessment(course, id)]];
}

/** What an item is called: by its title if it has one, with its version if there are any. */
export const nameOf = (item: ItemLine) =>
  [item.title ?? item.itemId, item.version && t.version(item.version)].filter(Boolean).join(", ");

export function Items({ course, id }: { course: string; id: string }) {
  const resource = useItems(course, id);
  const way = useTrailOfItems(course, id);
  return (
    <Ready of={resource} title={t.title} trail={way()}>
      {(body) => (
        <Page title={t.title} trail={way(body.title ?? id)}>
          {body.suppressed ? <Note>{texts.withheld.note}</Note> : <Shown body={body} />}
        </Page>
      )}
    </Ready>
  );
}

function Shown({ body }: { body: ItemDashboard }) {
  const { form, items } = body;
  return (
    <>
      <Tiles
        tiles={[
          [texts.scores.learners, count(body.learners)],
          [t.items, count(items.length + body.furtherItems)],
          [t.alpha, coefficient(form?.alpha), t.alphaNote],
          [
            t.error,
            form?.standardError == null ? texts.none : t.points(tenths(form.standardError)),
            t.errorNote,
          ],
        ]}
      />
      <Plane items={items} />
      <Card title={t.items}>
        <Table
          caption={t.caption}
          rows={items}
          keyOf={nameOf}
          columns={columnsOf(body)}
          find={(item) => `${nameOf(item)} ${item.flags.map(({ flag }) => t.flags[flag] ?? flag).join(" ")}`}
        />
        {body.furtherItems > 0 && <p class="note">{t.further(body.furtherItems)}</p>}
      </Card>
    </>
  );
}

type Known = ItemLine & { pValue: number; itemRest: number };

function Plane({ items }: { items: readonly ItemLine[] }) {
  const known = items.filter((item): item is Known => item.pValue !== null && item.itemRest !== null);
  if (known.length < 2) return null;
  const least = Math.min(0, ...known.map((item) => item.itemRest));
  const spots = known.map((item) => ({
    name: nameOf(item),
    x: item.pValue,
    y: item.itemRest,
    isFlagged: item.flags.length > 0,
  }));
  return (
    <Card>
      <Chart
        title={t.map}
        note={t.mapNote}
        summary={t.mapSummary(known.filter((item) => item.flags.length > 0).length, known.length)}
        height={320}
        drawing={scatter(
          spots,
          { name: t.difficulty, from: 0, to: 1 },
          { name: t.itemRest, from: Math.floor(least * 5) / 5, to: 1 },
        )}
        rows={known}
        columns={[{ label: t.item, value: nameOf }, DIFFICULTY, ITEM_REST]}
      />
    </Card>
  );
}

const DIFFICULTY: Column<ItemLine> = {
  label: t.difficulty,
  value: (item) => (
    <Meter value={item.pValue === null ? null : item.pValue * 100} text={coefficient(item.pValue)} />
  ),
  by: (item) => item.pValue,
  kind: "number",
};
const ITEM_REST: Column<ItemLine> = {
  label: t.itemRest,
  value: (item) => coefficient(item.itemRest),
  by: (item) => item.itemRest,
  kind: "number",
};

const columnsOf = ({ courseId, lineItemId }: ItemDashboard): readonly Column<ItemLine>[] => [
  {
    label: t.item,
    value: (item) => <a href={to.item(courseId, lineItemId, item.itemId, item.version)}>{nameOf(item)}</a>,
    by: nameOf,
  },
  {
    label: t.presented,
    value: (item) => count(item.presented),
    by: (item) => item.presented,
    kind: "number",
  },
  DIFFICULTY,
  ITEM_REST,
  {
    label: t.discrimination,
    value: (item) => coefficient(item.discrimination),
    by: (item) => item.discrimination,
    kind: "number",
  },
  { label: t.omitted, value: (item) => share(item.omitRate), by: (item) => item.omitRate, kind: "number" },
  { label: t.look, value: (item) => <Flags item={item} />, by: (item) => item.flags.length, kind: "prose" },
];

/** The flags of an item as short words, each once. */
function Flags({ item }: { item: ItemLine }) {
  const flags = [...new Set(item.flags.map(({ flag }) => flag))];
  if (flags.length === 0) return texts.none;
  return (
    <span class="tags">
      {flags.map((flag) => (
        <Tag key={flag} tone={flag === "key-suspect" ? "bad" : "busy"}>
          {t.flags[flag] ?? flag}
        </Tag>
      ))}
    </span>
  );
}
