// What stands around every view: skip link, banner, the view itself, live region, footer.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useAddress } from "../addresses";
import { useAnnouncement } from "../announcements";
import { Problem, read } from "../api/client";
import { endSession, onSessionEnd } from "../api/ending";
import type { PrincipalView, SignIn } from "../api/models";
import * as paths from "../api/paths";
import { brand } from "../branding";
import { expectTitle } from "../focus";
import { Me } from "../me";
import { Loading } from "../parts/ready";
import { token } from "../session";
import { texts } from "../texts";
import { View } from "../views";
import { Banner } from "./banner";
import { Welcome } from "./welcome";

/** Who is here: nobody has said yet, nobody, somebody whom no tenant knows, or a member of a tenant. */
type Visitor = "unknown" | "nobody" | "stranger" | PrincipalView;

export function Shell({ provider }: { provider: SignIn | null }) {
  const [visitor, setVisitor] = useState<Visitor>(token() ? "unknown" : "nobody");
  useEffect(() => {
    onSessionEnd(() => setVisitor("nobody"));
    if (token()) void recognised().then(setVisitor);
  }, []);
  if (visitor === "unknown")
    return (
      <Frame>
        <Loading />
      </Frame>
    );
  if (visitor === "nobody" || visitor === "stranger")
    return (
      <Frame>
        <Welcome provider={provider} isStranger={visitor === "stranger"} />
      </Frame>
    );
  return (
    <Me.Provider value={visitor}>
      <Frame me={visitor}>
        <Shown />
      </Frame>
    </Me.Provider>
  );
}

/** Asks who the token belongs to; whoever is refused has to sign in anew. */
async function recognised(): Promise<Visitor> {
  try {
    const { body } = await read(paths.me);
    brand(body.branding.accent);
    return body;
  } catch (fault) {
    if (!(fault instanceof Problem)) throw fault;
    endSession();
    return fault.status === 403 || fault.status === 404 ? "stranger" : "nobody";
  }
}

/** The view of the address; a step to another one starts at its top, with the keyboard at its title. */
function Shown() {
  const path = useAddress();
  useEffect(() => {
    const step = () => {
      expectTitle();
      scrollTo(0, 0);
    };
    addEventListener("hashchange", step);
    return () => removeEventListener("hashchange", step);
  }, []);
  return <View key={path} path={path} />;
}

function Frame({ me, children }: { me?: PrincipalView; children: ComponentChildren }) {
  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to #main, only the address goes on naming the view */}
      <a class="skip" href="#main" onClick={skip}>
        {texts.skip}
      </a>
      <Banner me={me ?? null} />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Footer />
      <Live />
    </>
  );
}

/** Moves the keyboard on to the content; the address keeps naming the view. */
function skip(event: Event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

const Live = () => (
  <p class="live" role="status">
    {useAnnouncement()}
  </p>
);

const Footer = () => (
  <footer class="foot">
    <p>{texts.footer.note}</p>
    <p>
      <a href="pages/notices.txt">{texts.footer.licences}</a>
    </p>
  </footer>
);
