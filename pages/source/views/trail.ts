// The way to what lies within a course.

import { useEffect, useState } from "preact/hooks";
import { to } from "../addresses";
import { before, Problem, read } from "../api/client";
import * as paths from "../api/paths";
import type { Step } from "../parts/page";
import { texts } from "../texts";
import { courseName } from "./lines";

/** The way to a course by its title; by its id until the course was read, and where it can't be. */
export function useTrail(course: string): readonly Step[] {
  const name = useCourseName(course);
  return [
    [texts.overview.title, to.home],
    [name, to.course(course)],
  ];
}

function useCourseName(id: string): string {
  const path = paths.course(id);
  const last = before(path);
  const [name, setName] = useState(last ? courseName(last.body) : id);
  useEffect(() => {
    if (before(path)) return;
    read(path).then(
      ({ body }) => setName(courseName(body)),
      (fault: unknown) => {
        if (!(fault instanceof Problem)) throw fault;
      },
    );
  }, [path]);
  return name;
}
