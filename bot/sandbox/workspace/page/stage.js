// Which parts of the page are shown. A laptop has the conversation and one panel beside it, the thread before the
// cluster; a phone has one thing at a time, behind tabs. Nothing else hides or shows these places.

import { el, fill } from "./dom.js";

const place = (name) => document.getElementById(name);
const PHONE = window.matchMedia("(max-width: 720px)");
const ROOMY = 1100; // pixels from which the cluster has a place of its own from the start

export class Stage {
  /** `thread` tells whether a thread is open; `onhome` is called when the app's home tab is looked at. */
  constructor({ cluster, thread, onhome }) {
    this.cluster = cluster;
    this.thread = thread;
    this.onhome = onhome;
    this.tab = "messages";
    this.withHome = false;
    this.clusterWanted = window.innerWidth >= ROOMY;
    place("toggle-cluster").addEventListener("click", () => this.toggleCluster());
    PHONE.addEventListener("change", () => this.show("messages"));
  }

  get onPhone() {
    return PHONE.matches;
  }

  show(tab) {
    this.tab = tab;
    this.arrange();
    if (tab === "home") this.onhome();
  }

  toggleCluster() {
    this.clusterWanted = place("cluster").hidden;
    if (this.clusterWanted) this.thread.close();
    this.arrange();
  }

  arrange() {
    const beside = this.onPhone ? this.tab === "cluster" : this.clusterWanted && !this.thread.ts;
    const shown = this.cluster.present && beside;
    place("cluster").hidden = !shown;
    place("toggle-cluster").setAttribute("aria-expanded", String(shown));
    place("home").hidden = this.tab !== "home";
    for (const name of ["log", "composer"]) place(name).hidden = this.tab !== "messages";
    this.drawTabs();
  }

  drawTabs() {
    const tabs = [
      this.withHome && ["home", "Home"],
      ["messages", "Messages"],
      this.cluster.present && this.onPhone && ["cluster", "Cluster"],
    ].filter(Boolean);
    const bar = place("tabs");
    const focused = document.activeElement.parentElement === bar;
    bar.hidden = tabs.length < 2;
    fill(bar, tabs.map(([name, label]) =>
      el("button", { role: "tab", type: "button", "aria-selected": String(name === this.tab), onclick: () => this.show(name) }, label)));
    if (focused) bar.querySelector("[aria-selected=true]")?.focus();
  }
}
