// What stands at the beginning of a channel: what it is for, and commands to begin with.

import { el } from "./dom.js";

/** `room` is the channel, or nothing for the app's own conversation; `use` puts a line into the composer. */
export function channelHint(state, room, empty, use) {
  const lines = room?.hints ?? [`${state.command} help`];
  return el("section", { class: "lead", "aria-label": "About this channel" },
    el("h2", {}, room ? `# ${room.name}` : state.bot.name),
    el("p", {}, room ? room.purpose || `This is the very beginning of #${room.name}.` : `This conversation is between you and ${state.bot.name}.`),
    empty && el("p", {}, "Nothing was said here yet. Try one of these:"),
    el("ul", { class: "hints" }, lines.map((line) => el("li", {}, el("button", { type: "button", onclick: () => use(line) }, el("code", {}, line))))));
}
