// Who and what an id stands for: the people, channels and groups of the last state that was read.
// Names and colours of people are decided here and nowhere else.

import { el } from "./dom.js";

let users = new Map();
let channels = new Map();
let groups = new Map();
let robot = { name: "Knobot" };
let me = null;

export function learn(state, user) {
  users = new Map(state.users.map((person) => [person.id, person]));
  channels = new Map(state.channels.map((channel) => [channel.id, channel]));
  groups = new Map((state.usergroups ?? []).map((group) => [group.id, group]));
  robot = { ...robot, ...state.bot };
  me = user;
}

export const people = () => [...users.values()];
export const rooms = () => [...channels.values()];
export const person = (name) => people().find((candidate) => candidate.name === name);

/** How the author of a message is called: {name, app}. */
export function author(from) {
  if (from === "knobot" || from === robot.name) return { name: robot.name, app: true };
  if (from === "slackbot") return { name: "Slackbot", app: true };
  return { name: person(from)?.real_name || from, app: false };
}

/** A mention as it stands between < and >: @U…, #C…, !here, !subteam^S…, !date^…. */
export function mention(target, label) {
  const [id, rest] = [target.slice(1), label];
  if (target.startsWith("@")) {
    const who = users.get(id);
    const name = id === robot.user_id ? robot.name : who?.real_name || who?.name || rest || id;
    return el("span", { class: who?.name === me ? "mention me" : "mention" }, `@${name}`);
  }
  if (target.startsWith("#")) return el("span", { class: "mention" }, `#${channels.get(id)?.name ?? rest ?? id}`);
  if (id.startsWith("subteam^")) {
    const group = id.split("^")[1];
    return el("span", { class: "mention" }, rest || `@${groups.get(group)?.handle ?? group}`);
  }
  if (id.startsWith("date^")) return el("span", {}, date(id.split("^"), rest));
  return el("span", { class: "mention broadcast" }, `@${id.split("^")[0]}`);
}

function date([, seconds, format], fallback) {
  const moment = new Date(Number(seconds) * 1000);
  if (Number.isNaN(moment.getTime())) return fallback ?? "";
  return (format ?? "{date} {time}").replace(/\{(\w+)\}/g, (whole, token) => {
    if (token.startsWith("time")) return moment.toLocaleTimeString([], { timeStyle: token === "time_secs" ? "medium" : "short" });
    if (token === "ago") return moment.toLocaleString();
    if (token.startsWith("date") || token === "day_divider_pretty") return moment.toLocaleDateString([], { dateStyle: "medium" });
    return whole;
  });
}

const HUES = ["#b3386f", "#2f6fb5", "#2c7a4b", "#8a5a12", "#6a4fb3", "#a8452d", "#0f7480", "#5c6570"];

function colour(name) {
  const order = people().findIndex((candidate) => candidate.name === name);
  return HUES[(order < 0 ? HUES.length - 1 : order) % HUES.length];
}

/** The square with initials; decoration, since the name always stands next to it. */
export function avatar(from, size = "") {
  const { name, app } = author(from);
  if (app && from !== "slackbot") {
    return el("img", { class: `avatar ${size}`, src: "page/knobot.svg", alt: "" });
  }
  const initials = name.split(/\s+/).map((word) => word[0] ?? "").slice(0, 2).join("").toUpperCase();
  const square = el("span", { class: `avatar ${size}`, "data-initials": initials });
  square.style.backgroundColor = app ? "#5c6570" : colour(from);
  return square;
}
