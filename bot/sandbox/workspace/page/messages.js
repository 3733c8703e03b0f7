// A list of messages that changes while it is read: only what changed is drawn anew, focus stays where it was,
// and the view follows new messages only while the person is at the end.

import { el, icon } from "./dom.js";
import { author, avatar } from "./directory.js";
import { mrkdwn } from "./mrkdwn.js";
import { blocks } from "./blocks.js";
import { openMenu } from "./dialogs.js";
import { Surface } from "./surface.js";

const TOGETHER = 5 * 60; // seconds within which messages of one author share a name and a face
const NEAR = 48; // pixels from the end that still count as being there

export class MessageList {
  /** `jump` is the button that leads to the end; `actions`: {click(message, event), options(message, event), shortcuts(), shortcut(message, callback), openThread(ts) or null}. */
  constructor(log, jump, actions) {
    this.log = log;
    this.jump = jump;
    this.actions = actions;
    this.drawn = new Map();
    this.pinned = true;
    this.end = 0; // where the log stood when it was last at its end
    log.addEventListener("scroll", () => this.scrolled());
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(log);
    jump?.addEventListener("click", () => this.toEnd());
  }

  /** `lead` is what stands above the first message, as {signature, make}; `newSince` the ts after which messages are new to the person. */
  show(messages, { lead = null, replies = new Map(), newSince = null } = {}) {
    const entries = this.entries(messages, replies, newSince);
    const last = messages.at(-1)?.ts ?? "0";
    const grown = Number(last) > Number(this.last ?? 0);
    const focus = this.focused();
    if (this.log.scrollTop < this.end) this.scrolled(); // the browser tells of scrolling a frame later than it happens
    this.reconcile(lead ? [{ key: "lead", ...lead }, ...entries] : entries);
    this.refocus(focus);
    this.last = last;
    if (this.pinned) this.toEnd();
    else if (grown && this.jump) this.jump.hidden = false;
  }

  /** Forgets everything, for another conversation; the next messages are shown from the end. */
  clear() {
    this.drawn.clear();
    this.log.replaceChildren();
    this.last = null;
    this.pinned = true;
    this.end = 0;
    if (this.jump) this.jump.hidden = true;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.end = this.log.scrollTop;
    this.scrolled();
  }

  scrolled() {
    this.pinned = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
    if (this.pinned && this.jump) this.jump.hidden = true;
  }

  entries(messages, replies, newSince) {
    const entries = [];
    let day = null;
    let before = null;
    for (const message of messages) {
      const today = dayOf(message.ts);
      if (today !== day) entries.push({ key: `day ${today}`, signature: "", make: () => divider(today, "day") });
      if (newSince !== null && Number(message.ts) > Number(newSince) && (!before || Number(before.ts) <= Number(newSince))) {
        entries.push({ key: "new", signature: "", make: () => divider("New", "new") });
        before = null;
      }
      const continued = today === day && follows(message, before);
      const answered = replies.get(message.ts) ?? null;
      entries.push({
        key: message.ts,
        signature: `${message.revision} ${continued} ${answered?.length ?? 0} ${answered?.at(-1)?.ts ?? ""}`,
        make: () => this.draw(message, continued, answered),
      });
      day = today;
      before = message;
    }
    return entries;
  }

  reconcile(entries) {
    const next = new Map();
    let place = this.log.firstChild;
    for (const { key, signature, make } of entries) {
      const old = this.drawn.get(key);
      const entry = old?.signature === signature ? old : { signature, node: make() };
      if (old && old !== entry) {
        if (place === old.node) place = entry.node;
        old.node.replaceWith(entry.node);
      }
      if (entry.node === place) place = place.nextSibling;
      else this.log.insertBefore(entry.node, place);
      next.set(key, entry);
    }
    while (place) {
      const gone = place;
      place = place.nextSibling;
      gone.remove();
    }
    this.drawn = next;
  }

  focused() {
    const node = document.activeElement;
    if (node === this.log || !this.log.contains(node)) return null;
    return { node, ts: node.closest("[data-ts]")?.dataset.ts, action: node.dataset.action };
  }

  /** A button that was pressed is often gone when its message comes back: then the message list keeps the keyboard. */
  refocus(focus) {
    if (!focus || focus.node.isConnected) return;
    const again = focus.action && this.log.querySelector(`[data-ts="${focus.ts}"] [data-action="${CSS.escape(focus.action)}"]`);
    (again || this.log).focus({ preventScroll: true });
  }

  draw(message, continued, replies) {
    const { name, app } = author(message.from);
    const surface = new Surface({ send: (event) => this.actions.click(message, event), options: (event) => this.actions.options(message, event) });
    const thread = this.actions.openThread;
    const shortcuts = message.ephemeral ? [] : this.actions.shortcuts?.() ?? [];
    const time = el("time", { datetime: moment(message.ts).toISOString(), title: moment(message.ts).toLocaleString() }, clock(message.ts));
    return el("article", { class: `message ${continued ? "continued" : ""} ${message.ephemeral ? "ephemeral" : ""}`, "data-ts": message.ts, "aria-label": `${name}, ${clock(message.ts)}` },
      el("div", { class: "gutter" }, continued ? time : avatar(message.from)),
      el("div", { class: "content" },
        message.ephemeral && el("p", { class: "only-you" }, icon("eye"), "Only visible to you"),
        !continued && el("p", { class: "byline" }, el("strong", {}, name), app && el("span", { class: "app-badge" }, "APP"), time),
        el("div", { class: "body" }, body(message, surface)),
        replies && el("button", { class: "replies", type: "button", "data-action": "replies", onclick: () => thread(message.ts) },
          [...new Set(replies.map((reply) => reply.from))].slice(0, 3).map((from) => avatar(from, "small")),
          el("span", { class: "count" }, replies.length === 1 ? "1 reply" : `${replies.length} replies`),
          el("span", { class: "last" }, `Last reply ${clock(replies.at(-1).ts)}`))),
      !message.ephemeral && (thread || shortcuts.length > 0) && el("div", { class: "hover-actions" },
        thread && el("button", { class: "plain", type: "button", title: "Reply in thread", "aria-label": "Reply in thread", onclick: () => thread(message.ts) }, icon("thread")),
        shortcuts.length > 0 && el("button", { class: "plain", type: "button", title: "More actions", "aria-label": "More actions", "aria-haspopup": "menu", onclick: (event) =>
          openMenu(event.currentTarget, shortcuts.map(({ callback_id: callback, name }) => ({ label: name, choose: () => this.actions.shortcut(message, callback) }))) }, icon("more"))));
  }
}

function body(message, surface) {
  const edited = message.edited && el("span", { class: "edited" }, " (edited)");
  const content = message.blocks?.length
    ? el("div", { class: "blocks" }, blocks(message.blocks, surface))
    : message.text && el("div", { class: "text" }, mrkdwn(message.text), edited);
  const attachments = (message.attachments ?? []).map((attachment) => attached(attachment, surface));
  const files = (message.files ?? []).map(file);
  return [content, ...attachments, ...files, message.blocks?.length ? edited : null];
}

function attached(attachment, surface) {
  const node = el("div", { class: "attachment" },
    attachment.title && el("strong", {}, attachment.title),
    attachment.blocks ? blocks(attachment.blocks, surface) : el("div", { class: "text" }, mrkdwn(attachment.text ?? attachment.fallback ?? "")));
  if (/^#?[0-9a-f]{3,8}$/i.test(attachment.color ?? "")) node.style.borderColor = `#${attachment.color.replace("#", "")}`;
  return node;
}

function file({ title, name, url, url_private: address = url }) {
  const label = title || name;
  return el("p", { class: "file" }, address ? el("a", { href: address, download: name, target: "_blank" }, label) : label);
}

const moment = (ts) => new Date(Number(ts) * 1000);
const clock = (ts) => moment(ts).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

function dayOf(ts) {
  const day = moment(ts);
  const yesterday = new Date();
  yesterday.setDate(yesterday.getDate() - 1);
  if (day.toDateString() === new Date().toDateString()) return "Today";
  if (day.toDateString() === yesterday.toDateString()) return "Yesterday";
  return day.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
}

function follows(message, before) {
  return before !== null && before.from === message.from && before.ephemeral === message.ephemeral && message.ts - before.ts < TOGETHER;
}

const divider = (words, kind) => el("div", { class: `divider ${kind}`, role: "separator", "aria-label": words }, el("span", {}, words));
