// A person's modal and home tab. The sandbox keeps what is open; this module shows it, and what a person fills in
// survives while the app redraws a view around it.

import * as api from "./api.js";
import { el, fill } from "./dom.js";
import { blocks } from "./blocks.js";
import { dialog } from "./dialogs.js";
import { Surface } from "./surface.js";

export class Views {
  constructor(homePlace) {
    this.homePlace = homePlace;
    this.open = null; // {view, surface, node} of the modal on top
    this.kept = new Map(); // view id → what was filled in: a modal below another one loses nothing
    this.user = null;
  }

  /** Reads what this user has open, and shows it. */
  async refresh(user) {
    if (user !== this.user) this.drop();
    this.user = user;
    const { modal, home } = await api.views(user);
    if (user !== this.user) return;
    this.showModal(modal ?? null);
    this.showHome(home ?? null);
  }

  surface(view, kept) {
    const where = { user: this.user, view_id: view.id };
    const surface = new Surface({
      send: (event) => api.click({ ...where, ...event, state: surface.values() }),
      options: (event) => api.options({ ...where, ...event }),
      kept,
    });
    return surface;
  }

  drop() {
    const open = this.open;
    this.open = null;
    open?.node.close();
  }

  showModal(view) {
    if (this.open && this.open.view.id === view?.id && this.open.view.hash === view.hash) return;
    if (this.open) this.kept.set(this.open.view.id, this.open.surface.values());
    this.drop();
    if (!view) {
      this.kept.clear();
      return;
    }
    const surface = this.surface(view, this.kept.get(view.id) ?? {});
    const form = el("form", { class: "blocks", novalidate: true }, blocks(view.blocks, surface));
    const submit = el("button", { class: "button primary", type: "submit" }, view.submit?.text ?? "Submit");
    const close = el("button", { class: "button", type: "button", onclick: () => node.close() }, view.close?.text ?? "Close");
    const node = dialog({
      title: view.title.text,
      className: "modal",
      content: form,
      buttons: view.submit ? [close, submit] : [close],
      onclose: () => this.closed(node, view.id),
    });
    form.id = `form-${view.id}`;
    submit.setAttribute("form", form.id);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(view, surface, form, submit);
    });
    this.open = { view, surface, node };
  }

  async submit(view, surface, form, button) {
    button.setAttribute("aria-busy", "true");
    try {
      const answer = await api.submit(this.user, view.id, surface.values());
      this.showErrors(form, answer.errors ?? {}, answer.error);
    } catch (refusal) {
      this.showErrors(form, {}, refusal.message);
    } finally {
      button.removeAttribute("aria-busy");
    }
    await this.refresh(this.user);
  }

  /** Each error stands under its field; one that has no field stands above all. */
  showErrors(form, errors, general = "") {
    form.querySelector(".form-error")?.remove();
    for (const place of form.querySelectorAll(".block-input")) {
      const words = errors[place.dataset.block] ?? "";
      place.querySelector(".field-error").textContent = words;
      place.classList.toggle("wrong", words !== "");
    }
    if (general && !Object.keys(errors).length) form.prepend(el("p", { class: "form-error", role: "alert" }, general));
    const first = form.querySelector(".wrong");
    first?.querySelector("input, textarea, select")?.focus({ preventScroll: true });
    first?.scrollIntoView({ block: "center" });
  }

  /** Only a person's own closing is told: what the app has replaced, even by the same modal, is no longer `open`. */
  async closed(node, viewId) {
    if (this.open?.node !== node) return;
    this.open = null;
    await api.close(this.user, viewId).catch(() => {});
    await this.refresh(this.user); // the modal below it comes back
  }

  showHome(view) {
    if (this.home?.id === view?.id && this.home?.hash === view?.hash && this.homePlace.childNodes.length) return;
    this.home = view;
    fill(this.homePlace, view
      ? el("div", { class: "blocks" }, blocks(view.blocks, this.surface(view)))
      : el("p", { class: "hint" }, "Nothing here yet."));
  }
}
