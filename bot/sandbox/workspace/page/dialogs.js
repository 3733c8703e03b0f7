// The browser's own <dialog> and popover: focus, Escape and the inert page behind come with them.

import { el, fill, icon } from "./dom.js";
import { composed } from "./mrkdwn.js";

/** A dialog with a head, content and buttons, the last of which is what most people want; removed from the page when it closes. */
export function dialog({ title, content, buttons, onclose, className = "" }) {
  const node = el("dialog", { class: `dialog ${className}`, "aria-label": title },
    el("header", { class: "dialog-head" }, el("h2", {}, title),
      el("button", { class: "plain", "aria-label": "Close", type: "button", onclick: () => node.close() }, icon("close"))),
    el("div", { class: "dialog-body" }, content),
    buttons.length > 0 && el("footer", { class: "dialog-foot" }, buttons));
  node.addEventListener("close", () => {
    node.remove();
    onclose?.();
  });
  document.body.append(node);
  node.showModal();
  (node.querySelector(".dialog-body :is(input, select, textarea)") ?? node.querySelector(".dialog-foot .button:last-child"))?.focus();
  return node;
}

/** Asks before an element acts, where its app wished so. Resolves to whether the person agreed. */
export function agreed(confirm) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    let answer = false;
    const choose = (value) => () => {
      answer = value;
      node.close();
    };
    const style = confirm.style === "danger" ? "danger" : "primary";
    const node = dialog({
      title: confirm.title?.text ?? "Are you sure?",
      content: el("div", { class: "text" }, composed(confirm.text)),
      buttons: [
        el("button", { class: "button", type: "button", onclick: choose(false) }, composed(confirm.deny ?? "Cancel")),
        el("button", { class: `button ${style}`, type: "button", onclick: choose(true) }, composed(confirm.confirm ?? "Yes")),
      ],
      onclose: () => resolve(answer),
    });
  });
}

const menu = el("div", { class: "menu", popover: "auto", role: "menu" });
menu.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...menu.children];
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
});

/** Opens a menu under a button: items of {label: nodes, choose}. */
export function openMenu(button, items) {
  fill(menu, items.map(({ label, choose }) =>
    el("button", { role: "menuitem", type: "button", onclick: () => {
      menu.hidePopover();
      choose();
    } }, label)));
  (button.closest("dialog") ?? document.body).append(menu); // within a dialog, because a modal one makes all else inert
  menu.showPopover();
  const place = button.getBoundingClientRect();
  const left = Math.min(place.left, window.innerWidth - menu.offsetWidth - 8);
  const below = place.bottom + 4 + menu.offsetHeight < window.innerHeight;
  menu.style.left = `${Math.max(8, left)}px`;
  menu.style.top = `${below ? place.bottom + 4 : Math.max(8, place.top - menu.offsetHeight - 4)}px`;
  menu.firstElementChild?.focus();
}
