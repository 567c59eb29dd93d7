// One item: its figures, the answers that were given, which of them draw whom, and what deserves a look.

import { to } from "../addresses";
import type { ItemLine, ItemOption } from "../api/models";
import { heightOfBars, percentBars } from "../charts/bars";
import { Chart } from "../charts/chart";
import { coefficient, count, hundredths, share } from "../figures";
import { Card, Meter, Note, Tag, Tiles } from "../parts/card";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { nameOf, useItems, useTrailOfItems } from "./items";

const t = texts.items;

interface Properties {
  course: string;
  id: string;
  item: string;
  version: string | null;
}

export function Item({ course, id, item, version }: Properties) {
  const resource = useItems(course, id);
  const ahead = useTrailOfItems(course, id);
  const way = (title?: string) => [...ahead(title), [t.title, to.items(course, id)] as const];
  return (
    <Ready of={resource} title={t.item} trail={way()}>
      {(body) => {
        const found = body.items.find((line) => line.itemId === item && line.version === version);
        return found ? (
          <Page title={nameOf(found)} kind={t.item} trail={way(body.title ?? id)}>
            <Shown item={found} />
          </Page>
        ) : (
          <Page title={texts.problems.missing} trail={way(body.title ?? id)}>
            <Note>{texts.problems.missingText}</Note>
          </Page>
        );
      }}
    </Ready>
  );
}

function Shown({ item }: { item: ItemLine }) {
  return (
    <>
      <Tiles
        tiles={[
          [t.presented, count(item.presented)],
          [t.difficulty, coefficient(item.pValue)],
          [t.itemRest, coefficient(item.itemRest)],
          [t.discrimination, coefficient(item.discrimination)],
          [t.omitted, share(item.omitRate)],
        ]}
      />
      {item.flags.length > 0 && <Flags item={item} />}
      {item.options && item.options.length > 0 && (
        <Answers options={item.options} further={item.furtherOptions} />
      )}
      <Figures item={item} />
    </>
  );
}

const Flags = ({ item }: { item: ItemLine }) => (
  <Card title={t.look}>
    <ul class="flags">
      {item.flags.map(({ flag, option, reason }) => (
        <li key={`${flag} ${option}`}>
          <Tag tone={flag === "key-suspect" ? "bad" : "busy"}>{t.flags[flag] ?? flag}</Tag>{" "}
          {option === null ? reason : `${t.answerOf(option)}: ${reason}`}
        </li>
      ))}
    </ul>
  </Card>
);

const isKey = (option: ItemOption) => option.option !== null && (option.credit ?? 0) >= 1;
const answerOf = (option: ItemOption) => option.option ?? t.noAnswer;

function Answers({ options, further }: { options: readonly ItemOption[]; further: number }) {
  const bars = options.map((option) => ({
    name: isKey(option) ? t.keyed(answerOf(option)) : answerOf(option),
    value: option.share * 100,
    isFaint: !isKey(option),
  }));
  const keys = options.filter(isKey).map((option) => t.keySummary(answerOf(option), share(option.share)));
  return (
    <Card>
      <Chart
        title={t.answers}
        note={t.answersNote}
        summary={keys.join(" ")}
        height={heightOfBars(bars.length)}
        drawing={percentBars(bars)}
        rows={options}
        columns={[ANSWER, SHARE]}
      />
      <Table caption={t.answers} rows={options} columns={OPTIONS} />
      {further > 0 && <p class="note">{t.furtherAnswers(further)}</p>}
    </Card>
  );
}

const ANSWER: Column<ItemOption> = {
  label: t.answer,
  value: (option) => (
    <>
      {answerOf(option)} {isKey(option) && <Tag tone="good">{t.key}</Tag>}
    </>
  ),
};
const SHARE: Column<ItemOption> = {
  label: texts.scores.share,
  value: (option) => <Meter value={option.share * 100} text={share(option.share)} />,
  by: (option) => option.share,
  kind: "number",
};
const OPTIONS: readonly Column<ItemOption>[] = [
  ANSWER,
  {
    label: texts.scores.learners,
    value: (option) => count(option.count),
    by: (option) => option.count,
    kind: "number",
  },
  SHARE,
  { label: t.credit, value: (option) => share(option.credit), by: (option) => option.credit, kind: "number" },
  {
    label: t.correlation,
    value: (option) => coefficient(option.correlation),
    by: (option) => option.correlation,
    kind: "number",
  },
  {
    label: t.meanTotal,
    value: (option) => share(option.meanTotal),
    by: (option) => option.meanTotal,
    kind: "number",
  },
];

type Figure = readonly [name: string, value: string];

const Figures = ({ item }: { item: ItemLine }) => (
  <Card title={texts.scores.figures}>
    <Table
      caption={texts.scores.figures}
      rows={figuresOf(item)}
      columns={[
        { label: texts.scores.figure, value: ([name]: Figure) => name },
        { label: texts.scores.value, value: ([, value]: Figure) => value, kind: "number" },
      ]}
    />
  </Card>
);

const figuresOf = (item: ItemLine): readonly Figure[] => [
  [t.scored, count(item.scored)],
  [t.meanPoints, t.ofPoints(hundredths(item.mean), hundredths(item.maximum))],
  [t.pointBiserial, coefficient(item.pointBiserial)],
  [t.alphaWithout, coefficient(item.alphaIfDeleted)],
];
