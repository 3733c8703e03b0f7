// One message and its replies, beside the conversation.

import { el, fill, icon, toast } from "./dom.js";
import { Composer } from "./composer.js";
import { MessageList } from "./messages.js";

export class Thread {
  /** `actions`: {click(message, event), options(message, event), shortcuts(), shortcut(message, callback), say(text, ts), onchange()}. */
  constructor(place, { click, options, shortcuts, shortcut, say, onchange }) {
    this.place = place;
    this.ts = null;
    this.onchange = onchange;
    this.composer = new Composer({ label: "Reply in thread", send: (text) => this.reply(text, say) });
    const log = el("div", { class: "log", role: "log", "aria-label": "Thread", tabindex: "0" });
    this.list = new MessageList(log, null, { click, options, shortcuts, shortcut, openThread: null });
    const close = el("button", { class: "plain", type: "button", "aria-label": "Close thread", onclick: () => this.close() }, icon("close"));
    fill(place, el("header", { class: "panel-head" }, el("h2", {}, "Thread"), close), log, el("div", { class: "composer-place" }, this.composer.node));
    place.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  reply(text, say) {
    if (text.startsWith("/")) {
      toast("Slack takes no slash commands in threads. Type it in the channel.");
      return Promise.resolve(false);
    }
    return say(text, this.ts);
  }

  open(ts) {
    if (ts !== this.ts) this.list.clear();
    this.ts = ts;
    this.place.hidden = false;
    this.show(this.messages);
    this.onchange();
    this.composer.focus();
  }

  close() {
    if (this.ts === null) return;
    this.ts = null;
    this.place.hidden = true;
    this.onchange();
  }

  /** All messages of the channel; the thread picks its own. */
  show(messages) {
    this.messages = messages;
    if (this.ts === null) return;
    this.list.show(messages.filter((message) => message.ts === this.ts || message.thread_ts === this.ts));
  }
}
