// The page's only state: who one is, which channel and thread are open, and what was read. Everything else is read
// from the sandbox whenever its stream says that something changed. Who and where stand in the address
// (#dev/deploys), so that two windows can be two people.

import * as api from "./api.js";
import { coalesce, el, fill, icon, toast } from "./dom.js";
import { learn, person } from "./directory.js";
import { Cluster } from "./cluster.js";
import { Composer } from "./composer.js";
import { suggestions, verbsOf } from "./completion.js";
import { makeDrawer, drawSidebar } from "./sidebar.js";
import { MessageList } from "./messages.js";
import { Stage } from "./stage.js";
import { Thread } from "./thread.js";
import { Views } from "./views.js";
import { ReadMarks } from "./readmarks.js";
import { channelHint } from "./hints.js";

const place = (name) => document.getElementById(name);
const APP = "@knobot";

let state = null;
let me = null;
let channel = null;
let messages = [];
let newSince = null;
let stream = null;
let seen = false; // whether the bot was connected since this page was opened

const reads = new ReadMarks();
const drawer = makeDrawer();
const cluster = new Cluster(place("cluster"), place("toggle-cluster"));
const views = new Views(place("home"));
const composer = new Composer({ label: "Message", send, suggest: (text) =>
  suggestions(text, { command: state.command, verbs: verbsOf(state), services: [...new Set(cluster.services.map((service) => service.name))] }) });
const list = new MessageList(place("log"), place("jump"), { click, options, shortcuts, shortcut, openThread: (ts) => thread.open(ts) });
const thread = new Thread(place("thread"), { click, options, shortcuts, shortcut, say: (text, ts) => attempt(api.say(me, channel, text, ts)), onchange: () => stage.arrange() });
const stage = new Stage({ cluster, thread, onhome: () => attempt(api.openHome(me).then(() => views.refresh(me))) });

function click(message, event) {
  return api.click({ user: me, channel, message_ts: message.ts, ...event });
}

function options(message, event) {
  return api.options({ user: me, channel, message_ts: message.ts, ...event });
}

/** What the app offers in the menu of a message. */
function shortcuts() {
  return state.shortcuts ?? [];
}

function shortcut(message, callback) {
  return attempt(api.shortcut(me, message.ts, callback).then(({ acked_ms: acked }) => acked === null && toast("The app did not answer in time.")));
}

/** Whether the sandbox accepted; a refusal is shown to the person in the sandbox's words. */
async function attempt(request) {
  try {
    await request;
    return true;
  } catch (refusal) {
    toast(refusal.message);
    return false;
  }
}

function send(text) {
  if (text === state.command || text.startsWith(`${state.command} `)) {
    return attempt(api.slash(me, channel, text.slice(state.command.length).trim()));
  }
  if (/^\/[a-z]/.test(text)) {
    toast(`${text.split(/\s/)[0]} is not a command of this workspace. Knobot's is ${state.command}.`);
    return Promise.resolve(false);
  }
  return attempt(api.say(me, channel, text));
}

const refresh = coalesce(async () => {
  const [user, where] = [me, channel];
  const read = await api.messages(user, where);
  if (user !== me || where !== channel) return;
  messages = read;
  drawMessages();
  if (document.visibilityState === "visible") see();
});

function see() {
  const counted = reads.unread(me).has(channel);
  reads.read(me, channel, messages);
  if (counted) draw();
}

function drawMessages() {
  const replies = grouped(messages.filter(isReply));
  const top = messages.filter((message) => !isReply(message));
  const empty = top.length === 0;
  const lead = { signature: `${channel} ${empty}`, make: () => channelHint(state, room(), empty, propose) };
  list.show(top, { lead, replies, newSince });
  thread.show(messages);
}

/** The channel's own description; the app's conversation has none. */
const room = () => state.channels.find((candidate) => candidate.name === channel);

function propose(line) {
  composer.text = line;
  composer.focus();
}

const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

function grouped(replies) {
  const groups = new Map();
  for (const reply of replies) groups.set(reply.thread_ts, [...(groups.get(reply.thread_ts) ?? []), reply]);
  return groups;
}

const stale = new Set(); // other channels in which something happened since they were counted
const countUnread = coalesce(async () => {
  const user = me;
  for (const where of stale) {
    stale.delete(where);
    const read = await api.messages(user, where, reads.last(user, where));
    if (user === me && where !== channel) reads.count(user, where, read); // meanwhile it may have been opened
  }
  draw();
});

function isStale(...names) {
  for (const name of names) if (name !== channel) stale.add(name);
  return countUnread();
}

function draw() {
  drawSidebar({ state, me, channel, unread: reads.unread(me), chooseChannel: (name) => go(me, name), choosePerson: (name) => go(name, channel) });
  const title = channel === APP ? state.bot.name : `# ${channel}`;
  fill(place("channel-name"), title);
  fill(place("channel-purpose"), room()?.purpose ?? "");
  composer.rename(channel === APP ? `Message ${state.bot.name}` : `Message #${channel}`);
  const waiting = reads.total(me);
  document.title = `${waiting ? `(${waiting}) ` : ""}${title} · ${state.bot.name}`;
  if (state.homes?.[channel]) cluster.prefer(state.homes[channel]);
  place("banner").hidden = state.bot.connected;
  fill(place("banner"), el("span", { class: "spinner" }), seen ? `${state.bot.name} is not connected. Commands will fail until it is back.` : `${state.bot.name} is starting…`);
}

async function readState() {
  state = await api.state();
  seen ||= state.bot.connected;
  learn(state, me);
}

/** Becomes somebody somewhere; what the address says is made true. */
async function arrive() {
  const [, wantedUser, wantedChannel] = decodeURIComponent(location.hash).match(/^#([^/]*)\/?(.*)$/) ?? [];
  const user = person(wantedUser) ? wantedUser : me ?? state.users[0].name;
  const known = wantedChannel === APP || state.channels.some((candidate) => candidate.name === wantedChannel);
  const where = known ? wantedChannel : channel ?? state.channels[0].name;
  const changedPerson = user !== me;
  [me, channel] = [user, where];
  messages = [];
  newSince = reads.last(me, channel);
  learn(state, me);
  thread.close();
  list.clear();
  drawer.close();
  stage.withHome = channel === APP;
  stage.show("messages");
  draw();
  if (changedPerson) listen();
  await attempt(refresh());
  if (!messages.some((message) => Number(message.ts) > Number(newSince))) newSince = null; // what comes while one looks is not marked
  if (!stage.onPhone) composer.focus();
}

function go(user, where) {
  const address = `#${user}/${where}`;
  if (decodeURIComponent(location.hash) === address) drawer.close();
  else location.hash = address;
}

function listen() {
  stream?.close();
  stream = api.stream(me);
  stream.addEventListener("open", () => Promise.all([rereadState(), refresh(), views.refresh(me), isStale(...state.channels.map((room) => room.name), APP)]).catch(() => {}));
  stream.addEventListener("change", (event) => changed(JSON.parse(event.data)));
  stream.addEventListener("error", () => {
    place("banner").hidden = false;
    fill(place("banner"), el("span", { class: "spinner" }), "The sandbox does not answer. Trying again…");
  });
}

const rereadState = coalesce(async () => {
  await readState();
  draw();
});

function changed({ kind, channel: where }) {
  if (kind === "presence") rereadState().catch(() => {});
  else if (kind === "view") views.refresh(me).catch(() => {});
  else if (where === channel) refresh().catch(() => {});
  else if (where) isStale(where).catch(() => {});
}

async function begin() {
  place("composer").append(composer.node);
  place("toggle-cluster").prepend(icon("cluster"));
  window.addEventListener("hashchange", () => arrive());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && see());
  await readState();
  await cluster.begin();
  await arrive();
}

begin().catch((failure) => toast(`The sandbox does not answer: ${failure.message}`));
