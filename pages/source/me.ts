// Who is signed in, for any part of the page that asks.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { PrincipalView, Role } from "./api/models";

const STAFF: readonly Role[] = ["TenantAdmin", "Instructor", "SupportReadonly"];
const READERS_OF_FILES: readonly Role[] = ["TenantAdmin", "SupportReadonly"];

export const Me = createContext<PrincipalView | null>(null);

/** Returns who is signed in; views are shown to nobody else. */
export function useMe(): PrincipalView {
  const me = useContext(Me);
  if (!me) throw new Error("a view was shown before anybody signed in");
  return me;
}

export const isAdministrator = (me: PrincipalView) => me.roles.includes("TenantAdmin");
export const isTeacher = (me: PrincipalView) => me.roles.includes("Instructor");
export const isStaff = (me: PrincipalView) => me.roles.some((role) => STAFF.includes(role));
export const readsFiles = (me: PrincipalView) => me.roles.some((role) => READERS_OF_FILES.includes(role));
