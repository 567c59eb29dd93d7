// Shows what was read, or why there is nothing to show yet.

import type { ComponentChildren } from "preact";
import type { Problem } from "../api/client";
import type { Resource } from "../api/resource";
import { texts } from "../texts";
import { Note } from "./card";
import { Page, type Step } from "./page";

interface Properties<T> {
  of: Resource<T>;
  /** What the view is called before its answer says so. */
  title: string;
  trail?: readonly Step[];
  children: (body: T) => ComponentChildren;
}

export function Ready<T>({ of: resource, title, trail = [], children }: Properties<T>) {
  switch (resource.state) {
    case "loading":
      return (
        <Page title={title} trail={trail} isProvisional>
          <Loading />
        </Page>
      );
    case "failed":
      return <Failed problem={resource.problem} trail={trail} />;
    case "ready":
      return (
        <>
          {resource.isStale && (
            <p class="stale" role="alert">
              {texts.live.stale}
            </p>
          )}
          {children(resource.body)}
        </>
      );
  }
}

/** Grey shapes where the figures will be. */
export const Loading = () => (
  <div class="loading" role="status">
    <span class="hidden">{texts.live.loading}</span>
    <div class="ghost low" />
    <div class="ghost high" />
    <div class="ghost high" />
  </div>
);

function Failed({ problem, trail }: { problem: Problem; trail: readonly Step[] }) {
  const isMissing = problem.status === 404 || problem.status === 403;
  return (
    <Page title={isMissing ? texts.problems.missing : texts.problems.failed} trail={trail}>
      <Note>{isMissing ? texts.problems.missingText : `${problem.message}. ${texts.problems.retry}`}</Note>
    </Page>
  );
}
