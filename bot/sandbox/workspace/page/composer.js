// Where a person types. Enter sends, Shift+Enter breaks the line, arrow up in an empty field brings back what was
// sent before; Enter never completes a word unless one was chosen with the arrows, so that it does what is written.

import { el, fill, icon } from "./dom.js";
import { inline } from "./mrkdwn.js";

const TALLEST = 200; // pixels

export class Composer {
  /** `send(text)` returns a promise; `suggest(text before the caret)` returns {from, usage, items: [{insert, label, detail}]}. */
  constructor({ label, send, suggest = () => ({ from: 0, items: [] }) }) {
    this.send = send;
    this.suggest = suggest;
    this.sent = [];
    this.recalled = null;
    this.items = [];
    this.chosen = -1;
    this.id = label.replace(/\W/g, "-");
    this.usage = el("p", { class: "usage" });
    this.list = el("ul", { id: `${this.id}-completions`, role: "listbox", "aria-label": "Completions" });
    this.popup = el("div", { class: "completions", hidden: true }, this.usage, this.list);
    this.input = el("textarea", {
      rows: "1", "aria-label": label, placeholder: label, spellcheck: "false", autocapitalize: "off", autocomplete: "off",
      "aria-autocomplete": "list", "aria-controls": this.list.id,
      oninput: () => this.typed(), onkeydown: (event) => this.pressed(event), onblur: () => this.closeList(),
    });
    this.button = el("button", { class: "send", type: "submit", "aria-label": "Send" }, icon("send"));
    this.node = el("form", { class: "composer", onsubmit: (event) => {
      event.preventDefault();
      this.submit();
    } }, this.popup, this.input, this.button, keys());
    this.grow();
  }

  get text() {
    return this.input.value;
  }

  /** Puts words into the field, ready to be sent or changed. */
  set text(words) {
    this.input.value = words;
    this.input.setSelectionRange(words.length, words.length);
    this.grow();
    this.closeList();
  }

  rename(label) {
    this.input.placeholder = label;
    this.input.setAttribute("aria-label", label);
  }

  focus() {
    this.input.focus();
  }

  async submit() {
    const text = this.text.trim();
    if (!text) return;
    this.sent.push(text);
    this.recalled = null;
    this.text = "";
    const accepted = await this.send(text);
    if (!accepted && !this.text) this.text = text;
  }

  typed() {
    this.recalled = null;
    this.grow();
    const { from = 0, usage = null, items = [] } = this.suggest(this.input.value.slice(0, this.input.selectionStart)) ?? {};
    this.items = items;
    this.from = from;
    this.chosen = -1;
    this.usage.hidden = usage === null;
    fill(this.usage, usage && [el("code", {}, usage.label), el("span", {}, inline(usage.detail))]);
    fill(this.list, items.map(({ label, detail }, index) =>
      el("li", { id: `${this.list.id}-${index}`, role: "option", "aria-selected": "false", onpointerdown: (event) => {
        event.preventDefault();
        this.complete(index);
      } }, el("code", {}, label), detail && el("span", {}, inline(detail)))));
    this.openList(items.length > 0 || usage !== null);
  }

  pressed(event) {
    if (event.isComposing) return;
    const open = this.items.length > 0 && !this.popup.hidden;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (open && this.chosen >= 0) this.complete(this.chosen);
      else this.submit();
    } else if (event.key === "Tab" && !event.shiftKey && open) {
      event.preventDefault();
      this.complete(Math.max(this.chosen, 0));
    } else if (event.key === "Escape" && !this.popup.hidden) {
      event.stopPropagation();
      this.closeList();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.arrow(event, event.key === "ArrowDown" ? 1 : -1, open);
    }
  }

  arrow(event, step, open) {
    if (open) {
      event.preventDefault();
      this.choose((this.chosen + step + this.items.length + (this.chosen < 0 && step < 0 ? 1 : 0)) % this.items.length);
    } else if (this.sent.length && (this.text === "" || this.recalled !== null)) {
      event.preventDefault();
      const wanted = (this.recalled ?? this.sent.length) + step;
      const index = Math.max(0, Math.min(wanted, this.sent.length));
      this.text = this.sent[index] ?? "";
      this.recalled = index;
    }
  }

  choose(index) {
    this.chosen = index;
    [...this.list.children].forEach((option, position) => {
      option.setAttribute("aria-selected", String(position === index));
      if (position === index) option.scrollIntoView({ block: "nearest" });
    });
    this.input.setAttribute("aria-activedescendant", `${this.list.id}-${index}`);
  }

  complete(index) {
    const after = this.input.value.slice(this.input.selectionStart);
    const before = this.input.value.slice(0, this.from) + this.items[index].insert;
    this.input.value = before + after;
    this.input.setSelectionRange(before.length, before.length);
    this.typed();
  }

  openList(open) {
    this.popup.hidden = !open;
    this.input.removeAttribute("aria-activedescendant");
  }

  closeList() {
    this.items = [];
    this.openList(false);
  }

  grow() {
    this.button.disabled = this.input.value.trim() === "";
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, TALLEST)}px`;
  }
}

const keys = () => el("p", { class: "keys", "aria-hidden": "true" }, [["Enter", "sends"], ["Shift+Enter", "new line"], ["Tab", "completes"], ["↑", "last one again"]]
  .map(([key, does]) => el("span", {}, el("b", {}, key), ` ${does}`)));
