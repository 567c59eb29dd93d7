// The banner: whose dashboards these are, where one may go, who is signed in.

import { to, useAddress } from "../addresses";
import { endSession } from "../api/ending";
import type { PrincipalView } from "../api/models";
import { isStaff, readsFiles } from "../me";
import { texts } from "../texts";

export function Banner({ me }: { me: PrincipalView | null }) {
  return (
    <header class="banner">
      <a class="brand" href={to.home}>
        <Tide />
        {me ? me.branding.name : texts.brand}
      </a>
      {me && <Navigation me={me} />}
      {me && <Account me={me} />}
    </header>
  );
}

function Navigation({ me }: { me: PrincipalView }) {
  const path = useAddress();
  const links: ReadonlyArray<readonly [string, string]> = [
    [isStaff(me) ? texts.navigation.overview : texts.navigation.results, to.home],
    ...(readsFiles(me) ? [[texts.navigation.files, to.files] as const] : []),
  ];
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
