// The views of results: overview, course, assessment, learner. Each reads one address and returns nodes.

import { bars, histogram } from "./charts.js";
import { el, table, tiles } from "./elements.js";
import { count, percent, points, tenths, time } from "./figures.js";
import { read } from "./api.js";

const segment = encodeURIComponent;
const courseLink = (id) => el("a", { href: `#/courses/${segment(id)}` }, id);
const card = (title, ...content) => el("section", { class: "card" }, el("h2", {}, title), content);
const nothing = (text) => el("p", { class: "note" }, text);

export async function overview() {
  const { courses } = await read("dashboards");
  const results = courses.reduce((sum, course) => sum + (course.results ?? 0), 0);
  const latest = courses.map((course) => course.latestUpload).sort().at(-1);
  if (courses.length === 0) return [el("h1", {}, "Overview"), nothing("No results yet. They appear here as files land.")];
  const graded = courses.filter((course) => course.mean !== null && course.mean !== undefined);
  return [
    el("h1", {}, "Overview"),
    tiles([["Courses", count(courses.length)], ["Results", count(results)], ["Newest file", time(latest)]]),
    card("Mean score by course",
      bars("Mean score by course, in percent", graded.slice(0, 20).map((course) =>
        ({ label: course.courseId, value: course.mean, text: percent(course.mean) })), 100)),
    card("Courses", table("All courses with results", [
      { label: "Course", value: (c) => courseLink(c.courseId) },
      { label: "Learners", value: (c) => count(c.learners), number: true },
      { label: "Assessments", value: (c) => count(c.assessments), number: true },
      { label: "Results", value: (c) => count(c.results), number: true },
      { label: "Mean", value: (c) => percent(c.mean), number: true },
      { label: "Newest file", value: (c) => time(c.latestUpload) },
    ], courses)),
  ];
}

export async function course(id) {
  const view = await read(`dashboards/courses/${segment(id)}`);
  return [
    el("p", {}, el("a", { href: "#/" }, "Overview")),
    el("h1", {}, `Course ${view.courseId}`),
    tiles([["Learners", count(view.learners)], ["Results", count(view.results)], ...headline(view.percent)]),
    spread(view.percent),
    card("Assessments", table("Assessments of this course", [
      { label: "Assessment", value: (a) => el("a", { href: `#/courses/${segment(id)}/assessments/${segment(a.lineItemId)}` }, a.title) },
      { label: "Learners", value: (a) => count(a.learners), number: true },
      { label: "Scored", value: (a) => count(a.scored), number: true },
      { label: "Mean", value: (a) => percent(a.mean), number: true },
    ], view.assessments)),
  ];
}

export async function assessment(courseId, lineItemId) {
  const view = await read(`dashboards/courses/${segment(courseId)}/assessments/${segment(lineItemId)}`);
  return [
    el("p", {}, el("a", { href: "#/" }, "Overview"), " / ", courseLink(view.courseId)),
    el("h1", {}, view.title),
    tiles([["Learners", count(view.learners)], ...headline(view.percent)]),
    spread(view.percent),
    card("Status of results", table("Results by status", [
      { label: "Status", value: ([status]) => status.replaceAll("-", " ") },
      { label: "Results", value: ([, n]) => count(n), number: true },
    ], Object.entries(view.statuses ?? {}))),
  ];
}

export async function learner(id) {
  const view = await read(`dashboards/learners/${segment(id)}`);
  return [
    el("h1", {}, "Results"),
    el("p", { class: "note" }, `Learner ${view.learnerId}`),
    view.courses.map((one) => card(`Course ${one.courseId}`, table(`Results in ${one.courseId}`, [
      { label: "Assessment", value: (r) => r.title },
      { label: "Attempt", value: (r) => count(r.attempt), number: true },
      { label: "Status", value: (r) => r.status.replaceAll("-", " ") },
      { label: "Score", value: (r) => (r.score === null ? "–" : `${points(r.score)} of ${points(r.maxScore)}`), number: true },
      { label: "Percent", value: (r) => percent(r.percent), number: true },
      { label: "When", value: (r) => time(r.occurredAt) },
    ], one.results))),
  ];
}

const headline = (figures) => (figures
  ? [["Mean", percent(figures.mean)], ["Median", percent(figures.median)], ["Scored", count(figures.n)]]
  : [["Mean", "–"]]);

function spread(figures) {
  if (!figures) return nothing("No scores, or too few learners to show figures.");
  const bins = tenths(figures.distribution);
  const rows = (caption, label, value, pairs) => table(caption, [
    { label, value: ([name]) => name },
    { label: value, value: ([, figure]) => figure, number: true },
  ], pairs);
  return el("div", { class: "split" },
    card("Distribution of scores",
      histogram("Scores by band of ten percent points", bins),
      rows("Scores in percent", "Figure", "Value", [
        ["Lower quartile", percent(figures.lowerQuartile)], ["Median", percent(figures.median)],
        ["Upper quartile", percent(figures.upperQuartile)], ["Standard deviation", points(figures.standardDeviation)],
      ])),
    card("Scores by band", rows("How many scores lie in each band", "Band", "Scores",
      bins.map((bin) => [`${bin.from} to ${bin.to} %`, count(bin.n)]))));
}
