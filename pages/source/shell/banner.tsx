// The banner: whose dashboards these are, where one may go, who is signed in.

import { useId, useState } from "preact/hooks";
import { to, useAddress } from "../addresses";
import { endSession } from "../api/ending";
import type { PrincipalView } from "../api/models";
import { isAdministrator, isStaff, isTeacher, readsFiles } from "../me";
import { texts } from "../texts";

export function Banner({ me }: { me: PrincipalView | null }) {
  return (
    <header class="banner">
      <a class="brand" href={to.home}>
        <Tide />
        {me ? me.branding.name : texts.brand}
      </a>
      {me && <Navigation me={me} />}
      {me && isStaff(me) && <Search />}
      {me && <Account me={me} />}
    </header>
  );
}

function Navigation({ me }: { me: PrincipalView }) {
  const path = useAddress();
  const links = linksOf(me);
  return (
    <nav aria-label={texts.navigation.main}>
      {links.map(([name, link]) => (
        <a key={link} href={link} aria-current={`#${path}` === link ? "page" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}

type Link = readonly [name: string, address: string];

const t = texts.navigation;

/** Where one may go: what no role of the user reaches is not offered. */
function linksOf(me: PrincipalView): readonly Link[] {
  if (!isStaff(me)) return [[t.results, to.home]];
  return [
    [!isAdministrator(me) && isTeacher(me) ? t.taught : t.overview, to.home],
    [t.courses, to.courses],
    [t.comparison, to.comparison()],
    ...(isAdministrator(me) ? [[t.periods, to.periods] as const] : []),
    ...(readsFiles(me) ? [[t.files, to.files] as const, [t.people, to.people] as const] : []),
  ];
}

/** Looks for schools and courses by name. */
function Search() {
  const id = useId();
  const [words, setWords] = useState("");
  const go = (event: Event) => {
    event.preventDefault();
    if (words.trim()) location.hash = to.search(words.trim());
  };
  return (
    <search class="search">
      <form onSubmit={go}>
        <label class="hidden" for={id}>
          {texts.search.label}
        </label>
        <input
          id={id}
          type="search"
          maxLength={100}
          placeholder={texts.search.hint}
          autocomplete="off"
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
      </form>
    </search>
  );
}

function Account({ me }: { me: PrincipalView }) {
  const roles = texts.list.format(me.roles.map((role) => texts.roles[role]));
  return (
    <div class="account">
      <span class="note">{roles}</span>
      <button type="button" class="quiet" onClick={leave}>
        {texts.session.signOut}
      </button>
    </div>
  );
}

function leave() {
  endSession();
  history.replaceState(null, "", location.pathname);
}

const Tide = () => (
  <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" focusable="false">
    <path d="M2 20c5 0 5-6 9.3-6s4.7 6 9.4 6S25.5 14 30 14" />
    <path d="M2 27c5 0 5-6 9.3-6s4.7 6 9.4 6S25.5 21 30 21" />
  </svg>
);
