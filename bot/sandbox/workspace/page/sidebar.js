// The channels with their unread marks, and the switch of who one is.

import { el, fill, icon } from "./dom.js";
import { avatar, person } from "./directory.js";

const place = (name) => document.getElementById(name);

function channelButton(name, label, { face, current, unread, choose }) {
  return el("li", {},
    el("button", { class: `channel ${unread ? "unread" : ""}`, type: "button", "aria-current": current ? "page" : null, "data-channel": name, onclick: () => choose(name) },
      face, el("span", { class: "channel-name" }, label), unread > 0 && el("span", { class: "unread-count" }, unread > 99 ? "99+" : String(unread), el("span", { class: "heard-only" }, " unread"))));
}

/** Draws the whole sidebar: it is small, and focus is given back to the button that had it. */
export function drawSidebar({ state, me, channel, unread, chooseChannel, choosePerson }) {
  const focused = document.activeElement?.dataset ?? {};
  fill(place("team"), state.team?.name ?? "Workspace");
  fill(place("presence"), el("span", { class: `dot ${state.bot.connected ? "true" : "false"}` }), state.bot.connected ? `${state.bot.name} is connected` : `${state.bot.name} is not connected`);
  const marked = (name, label, face = null) => channelButton(name, label, { face, current: name === channel, unread: unread.get(name) ?? 0, choose: chooseChannel });
  fill(place("channels"), state.channels.map(({ name }) => marked(name, `# ${name}`)));
  fill(place("apps"), marked("@knobot", state.bot.name, avatar("knobot", "small")));
  const legend = place("people").firstElementChild;
  fill(place("people"), legend, state.users.filter((user) => !user.bot && !user.deleted).map((user) =>
    el("button", { class: "person", type: "button", "aria-pressed": String(user.name === me), "data-person": user.name, onclick: () => choosePerson(user.name) },
      avatar(user.name, "small"), el("span", { class: "person-name" }, user.real_name || user.name), el("span", { class: "person-role" }, user.guest ? "guest" : user.name))));
  const selector = focused.channel ? `[data-channel="${focused.channel}"]` : focused.person && `[data-person="${focused.person}"]`;
  fill(place("who"), avatar(me, "small"));
  place("who").setAttribute("aria-label", `You are ${person(me)?.real_name || me}. Change`);
  if (selector) place("sidebar").querySelector(selector)?.focus();
}

/** On a phone the sidebar is a drawer. */
export function makeDrawer() {
  const app = place("app");
  const opener = place("open-sidebar");
  opener.append(icon("menu"));
  const set = (open) => {
    app.classList.toggle("drawer-open", open);
    opener.setAttribute("aria-expanded", String(open));
  };
  const opens = (button, first) => button.addEventListener("click", () => {
    set(true);
    place("sidebar").querySelector(first)?.focus();
  });
  opens(opener, "[aria-current]");
  opens(place("who"), ".person[aria-pressed=true]");
  place("backdrop").addEventListener("click", () => set(false));
  place("sidebar").addEventListener("keydown", (event) => event.key === "Escape" && set(false));
  return { close: () => set(false) };
}
