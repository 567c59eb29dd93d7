// Starts the page: signs in, shows the view that the address names, and keeps it fresh while more files land.

import { Problem, read } from "./api.js";
import { assessment, course, learner, overview } from "./dashboards.js";
import { el } from "./elements.js";
import { file, files } from "./files.js";
import { finishSignIn, signIn, signOut, token } from "./session.js";

const REFRESH = 2000;
const ROUTES = [
  [/^\/files\/([^/]+)$/, file],
  [/^\/files$/, files],
  [/^\/courses\/([^/]+)\/assessments\/([^/]+)$/, assessment],
  [/^\/courses\/([^/]+)$/, course],
  [/^\/learners\/([^/]+)$/, learner],
];
const $ = (id) => document.getElementById(id);

let me = null;
let shown = "";

function view(path) {
  for (const [pattern, show] of ROUTES) {
    const match = pattern.exec(path);
    if (match) return show(...match.slice(1).map(decodeURIComponent));
  }
  return me.learners.length > 0 && !me.roles.some((role) => role !== "Learner") ? learner(me.learners[0]) : overview();
}

async function nodes(path) {
  try {
    return (await view(path)).flat();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 401) location.reload();
    const text = problem.status === 404 ? "Nothing was found here for you, or nothing has landed yet." : problem.message;
    return [el("h1", {}, "Nothing to show"), el("p", { class: "card" }, text)];
  }
}

/** Shows the view of the address. A refresh that changes nothing leaves the document, focus and scrolling alone. */
async function show(isRefresh) {
  const path = location.hash.slice(1) || "/";
  const fresh = el("div", {}, await nodes(path));
  if (path !== (location.hash.slice(1) || "/")) return;
  const text = path + fresh.innerHTML;
  if (text === shown) return;
  const keep = document.activeElement?.getAttribute?.("href");
  $("main").replaceChildren(...fresh.childNodes);
  shown = text;
  for (const link of $("navigation").querySelectorAll("a")) {
    const here = link.getAttribute("href") === `#${path}`;
    here ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
  document.title = `${$("main").querySelector("h1")?.textContent ?? "Dashboard"} – Termtide`;
  if (isRefresh) {
    if (keep) $("main").querySelector(`a[href="${CSS.escape(keep)}"]`)?.focus({ preventScroll: true });
    announce("Updated");
  }
}

function announce(text) {
  $("live").textContent = text;
  setTimeout(() => ($("live").textContent = ""), 1500);
}

function welcome(provider) {
  $("main").replaceChildren(
    el("section", { class: "card" }, el("h1", {}, "Results, as files land"),
      el("p", {}, "Sign in with your district's account to see the dashboards that are yours."),
      el("button", { type: "button", click: () => signIn(provider) }, "Sign in")));
}

function greet() {
  $("navigation").hidden = !me.roles.some((role) => role !== "Learner");
  $("who").replaceChildren(`${me.tenantName} · ${me.roles.join(", ")}`,
    el("button", { type: "button", class: "plain", click: () => { signOut(); location.assign(location.pathname); } }, "Sign out"));
}

async function start() {
  const provider = await read("sign-in");
  await finishSignIn(provider);
  if (!token()) return welcome(provider);
  try {
    me = await read("me");
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    signOut();
    return welcome(provider);
  }
  greet();
  addEventListener("hashchange", async () => { await show(false); $("main").focus({ preventScroll: true }); scrollTo(0, 0); });
  await show(false);
  setInterval(() => { if (!document.hidden) show(true); }, REFRESH);
}

start();
