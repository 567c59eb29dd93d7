// Two groups side by side: which, their figures, their spread, and how far apart they are.

import { useId } from "preact/hooks";
import { to } from "../addresses";
import type { Comparison as Body, Cohort, Figures, Side } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { Chart } from "../charts/chart";
import { pairs } from "../charts/pairs";
import { coefficient, count, percent, signed, tenths } from "../figures";
import { Card, Note, Tiles } from "../parts/card";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { Table } from "../parts/table";
import { texts } from "../texts";
import { shown } from "./group";

const t = texts.comparison;
const WIDTH = 5;

export function Comparison({ first = "", second = "" }: { first?: string; second?: string }) {
  const cohorts = useResource(paths.cohorts);
  return (
    <Ready of={cohorts} title={t.title}>
      {(body) => (
        <Page title={t.title}>
          {body.cohorts.length < 2 ? (
            <Note>{t.tooFew}</Note>
          ) : (
            <>
              <Choice cohorts={body.cohorts} first={first} second={second} />
              {first && second ? <Result first={first} second={second} /> : <Note>{t.choose}</Note>}
            </>
          )}
        </Page>
      )}
    </Ready>
  );
}

/** Chooses the two groups; the address keeps them, so that a comparison can be passed on. */
function Choice({ cohorts, first, second }: { cohorts: readonly Cohort[]; first: string; second: string }) {
  const go = (one: string, other: string) => {
    location.hash =
      one && other ? to.comparison(one, other) : `#/comparison/${encodeURIComponent(one || other)}`;
  };
  return (
    <form class="card choice" onSubmit={(event) => event.preventDefault()}>
      <Select label={t.first} cohorts={cohorts} value={first} onChange={(value) => go(value, second)} />
      <Select label={t.second} cohorts={cohorts} value={second} onChange={(value) => go(first, value)} />
    </form>
  );
}

interface Chosen {
  label: string;
  cohorts: readonly Cohort[];
  value: string;
  onChange: (value: string) => void;
}

function Select({ label, cohorts, value, onChange }: Chosen) {
  const id = useId();
  const kinds = [...new Set(cohorts.map(kindOf))];
  return (
    <p>
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{t.none}</option>
        {kinds.map((kind) => (
          <optgroup key={kind} label={t.kinds[kind] ?? kind}>
            {cohorts
              .filter((cohort) => kindOf(cohort) === kind)
              .map((cohort) => (
                <option key={cohort.cohort} value={cohort.cohort}>
                  {cohort.title}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </p>
  );
}

const kindOf = (cohort: Cohort) => cohort.cohort.split(":", 1)[0] ?? "";

function Result({ first, second }: { first: string; second: string }) {
  const resource = useResource(paths.comparison(first, second));
  if (resource.state === "loading") return null;
  if (resource.state === "failed") return <Note>{texts.problems.missingText}</Note>;
  return <Compared body={resource.body} />;
}

const Compared = ({ body }: { body: Body }) => (
  <>
    <Tiles
      tiles={[
        [t.difference, signed(body.difference), t.differenceNote],
        [t.effect, coefficient(body.effectSize), t.effectNote],
      ]}
    />
    <Spread first={body.first} second={body.second} />
    <Card title={texts.scores.figures}>
      <Table
        caption={t.title}
        rows={FIGURES}
        columns={[
          { label: texts.scores.figure, value: ([name]) => name },
          {
            label: body.first.title,
            value: ([, of]) => shown(body.first.suppressed, of(body.first)),
            kind: "number",
          },
          {
            label: body.second.title,
            value: ([, of]) => shown(body.second.suppressed, of(body.second)),
            kind: "number",
          },
        ]}
      />
    </Card>
  </>
);

function Spread({ first, second }: { first: Side; second: Side }) {
  const [one, other] = [sharesOf(first), sharesOf(second)];
  if (!one || !other) return null;
  const rows = one.map((part, i) => ({ from: i * WIDTH, first: part, second: other[i] ?? 0 }));
  return (
    <Card>
      <Chart
        title={t.spread}
        note={t.spreadNote}
        height={280}
        drawing={pairs(
          rows.map(({ from }) => String(from)),
          { name: first.title, shares: one },
          { name: second.title, shares: other },
          texts.scores.percent,
        )}
        rows={rows}
        columns={[
          { label: texts.scores.band, value: (row) => texts.scores.bandOf(row.from, row.from + WIDTH) },
          { label: first.title, value: (row) => percent(row.first), kind: "number" },
          { label: second.title, value: (row) => percent(row.second), kind: "number" },
        ]}
      />
    </Card>
  );
}

const sharesOf = ({ percent: scores }: Figures) => scores?.distribution.map((n) => (n / scores.n) * 100);

const FIGURES: ReadonlyArray<readonly [name: string, of: (figures: Figures) => string]> = [
  [texts.scores.learners, (figures) => count(figures.learners)],
  [texts.scores.results, (figures) => count(figures.results)],
  [texts.scores.participation, (figures) => percent(figures.participation)],
  [texts.scores.mean, (figures) => percent(figures.percent?.mean)],
  [texts.scores.median, (figures) => percent(figures.percent?.median)],
  [texts.scores.deviation, (figures) => tenths(figures.percent?.standardDeviation)],
  [texts.scores.missing, (figures) => count(figures.missing)],
  [texts.scores.late, (figures) => count(figures.late)],
];
