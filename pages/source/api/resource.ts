// Keeps a view fresh: reads its address, asks again as soon as the server hints, and says when something changed.

import { useEffect, useState } from "preact/hooks";
import { announce } from "../announcements";
import { texts } from "../texts";
import { type Answer, before, type Path, Problem, read } from "./client";
import { endSession } from "./ending";

/** What is known of an address: nothing yet, an answer (stale while the server is away), or why there is none. */
export type Resource<T> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly body: T; readonly isStale: boolean }
  | { readonly state: "failed"; readonly problem: Problem };

const SLOWEST = 60;

/** Follows `path` while the view is shown; null: there is nothing to read yet. */
export function useResource<T>(path: Path<T> | null): Resource<T> {
  const [known, setKnown] = useState<{ path: string | null; resource: Resource<T> }>();
  useEffect(
    () => (path === null ? undefined : follow(path, (resource) => setKnown({ path, resource }))),
    [path],
  );
  return known?.path === path && known !== undefined ? known.resource : initial(path);
}

function initial<T>(path: Path<T> | null): Resource<T> {
  const last = path === null ? undefined : before(path);
  return last ? { state: "ready", body: last.body, isStale: false } : { state: "loading" };
}

/** Reads `path` again and again and tells what is new; returns what ends it. */
function follow<T>(path: Path<T>, tell: (resource: Resource<T>) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  let isAsking = false;
  let failures = 0;
  let shown: Answer<T> | undefined = before(path);

  const succeed = (answer: Answer<T>) => {
    if (failures > 0 || shown?.body !== answer.body)
      tell({ state: "ready", body: answer.body, isStale: false });
    if (shown && shown.body !== answer.body) announce(texts.live.updated);
    failures = 0;
    shown = answer;
    return answer.seconds;
  };
  const fail = (problem: Problem) => {
    failures += 1;
    if (problem.status === 401) endSession();
    if (shown && problem.isPassing) tell({ state: "ready", body: shown.body, isStale: true });
    else tell({ state: "failed", problem });
    return Math.min(SLOWEST, problem.seconds * 2 ** Math.min(failures - 1, 5));
  };
  const ask = async () => {
    clearTimeout(timer);
    isAsking = true;
    const seconds = await read(path).then(
      (answer) => (isOver ? 0 : succeed(answer)),
      (fault: unknown) => (isOver ? 0 : fail(asProblem(fault))),
    );
    isAsking = false;
    if (!isOver) timer = setTimeout(askWhenSeen, seconds * 1000);
  };
  const askWhenSeen = () => {
    if (!document.hidden && !isAsking) void ask();
  };

  document.addEventListener("visibilitychange", askWhenSeen);
  void ask();
  return () => {
    isOver = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", askWhenSeen);
  };
}

function asProblem(fault: unknown): Problem {
  if (fault instanceof Problem) return fault;
  throw fault;
}
