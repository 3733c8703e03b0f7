// The cluster beside the conversation: Services with their traffic, and what the ingress answers, as a row of
// coloured dots, so that a person sees blue turn green. Nothing is asked while nobody looks.

import * as api from "./api.js";
import { AnswerColours, RevisionColours } from "./colours.js";
import { el, fill, link } from "./dom.js";

const LOOK = 1000; // ms between two reads of the Services
const ASK = 500; // ms between two requests to the chosen Service
const KEPT = 60; // answers shown

export class Cluster {
  constructor(place, toggle) {
    this.place = place;
    this.toggle = toggle;
    this.services = [];
    this.chosen = null;
    this.answers = [];
    this.hues = new AnswerColours();
    this.colours = new RevisionColours();
    this.listing = el("div", { class: "services" });
    this.flow = el("section", { class: "flow", "aria-label": "Answers of the ingress", hidden: true });
    fill(place, el("header", { class: "panel-head" }, el("h2", {}, "Cluster"), el("span", { class: "live" }, "live")), el("div", { class: "panel-scroll" }, this.flow, this.listing));
  }

  /** Finds out whether this sandbox shows a cluster at all; resolves to that. */
  async begin() {
    this.present = await this.look();
    this.toggle.hidden = !this.present;
    if (this.present) {
      setInterval(() => this.visible() && this.look(), LOOK);
      setInterval(() => this.visible() && this.ask(), ASK);
    }
    return this.present;
  }

  visible() {
    return document.visibilityState === "visible" && this.place.getClientRects().length > 0;
  }

  async look() {
    try {
      this.draw((await api.cluster()).services);
      return true;
    } catch (refusal) {
      if (refusal.status === 404) return false;
      this.listing.classList.add("old");
      return true;
    }
  }

  draw(services) {
    this.listing.classList.remove("old");
    this.services = services;
    const chosen = services.find((service) => key(service) === this.chosen) ?? this.liveliest(services.filter((service) => service.ready === "True" && service.url));
    if (chosen && key(chosen) !== this.chosen) this.choose(chosen);
    if (!chosen) this.flow.hidden = true;
    const signature = JSON.stringify([services, this.chosen]);
    if (signature === this.signature) return;
    this.signature = signature;
    const focused = document.activeElement?.dataset?.service;
    const namespaces = [...new Set(services.map((service) => service.namespace))];
    fill(this.listing, services.length ? namespaces.map((namespace) =>
      el("section", { "aria-label": `Namespace ${namespace}` }, el("h3", {}, namespace),
        services.filter((service) => service.namespace === namespace).map((service) => this.card(service)))) : el("p", { class: "hint" }, "No Services yet."));
    if (focused) this.listing.querySelector(`[data-service="${focused}"]`)?.focus();
  }

  /** Prefers the Services of a namespace: the open channel stands for one. */
  prefer(namespace) {
    if (namespace === this.namespace) return;
    this.namespace = namespace;
    this.chosen = null;
    if (this.services.length) this.redraw();
  }

  /** The Service where most can be seen: of the preferred namespace, split, deployed often. */
  liveliest(services) {
    const rank = ({ namespace, traffic = [] }) => [namespace === this.namespace ? 1 : 0, traffic.length, Math.max(0, ...traffic.map((target) => Number(target.revision?.slice(-5)) || 0))];
    const higher = (one, other) => one.map((value, index) => other[index] - value).find((difference) => difference) ?? 0;
    return services.toSorted((one, other) => higher(rank(one), rank(other)))[0];
  }

  card(service) {
    const word = { True: "Ready", False: "Not ready" }[service.ready] ?? "Becoming ready";
    return el("div", { class: "service" },
      el("button", { class: "service-name", type: "button", "aria-pressed": String(key(service) === this.chosen), title: "Watch its answers", "data-service": key(service), onclick: () => this.choose(service) },
        el("span", { class: `dot ${(service.ready ?? "Unknown").toLowerCase()}` }), el("strong", {}, service.name), el("span", { class: "service-state" }, word)),
      service.ready !== "True" && service.reason && el("p", { class: "service-reason" }, service.reason),
      this.traffic(key(service), service.traffic ?? []));
  }

  choose(service) {
    this.chosen = key(service);
    this.answers = [];
    this.signature = null;
    this.flow.hidden = false;
    this.dots = el("div", { class: "dots", role: "img" });
    this.counts = el("p", { class: "counts" });
    this.latest = el("p", { class: "latest" }, "…");
    fill(this.flow, el("h3", {}, `Answers of ${service.namespace}/${service.name}`), this.dots, this.counts, this.latest, service.url && el("p", { class: "address" }, link(service.url)));
    if (this.services.length) this.draw(this.services);
  }

  redraw() {
    this.signature = null;
    this.draw(this.services);
  }

  async ask() {
    const service = this.services.find((candidate) => key(candidate) === this.chosen);
    if (!service || this.asking) return;
    this.asking = true;
    try {
      const answer = await api.curl(service.namespace, service.name);
      if (key(service) === this.chosen) this.add(answer, service);
    } catch (refusal) {
      if (key(service) === this.chosen) this.add({ body: refusal.message, status: refusal.status ?? 0, ms: null }, service);
    } finally {
      this.asking = false;
    }
  }

  add({ body, status, ms }, service) {
    const failed = !(status >= 200 && status < 400);
    const words = (body ?? "").trim().split("\n")[0].slice(0, 80);
    const name = failed ? "failed" : this.hues.hue(key(service), words);
    if (!failed && this.colours.learn(key(service), service.traffic ?? [], name)) this.redraw();
    this.answers.push({ name, words: failed ? `${status || "no answer"}` : words });
    this.dots.append(el("span", { class: `answer answer-${name}`, title: words }));
    if (this.answers.length > KEPT) {
      this.answers.shift();
      this.dots.firstChild.remove();
    }
    const counted = new Map();
    for (const answer of this.answers) counted.set(answer.words, { name: answer.name, count: (counted.get(answer.words)?.count ?? 0) + 1 });
    const sums = [...counted].sort((one, other) => other[1].count - one[1].count).slice(0, 4);
    fill(this.counts, sums.map(([said, { name: colour, count }]) => el("span", {}, el("span", { class: `answer answer-${colour}` }), `${said} `, el("b", {}, String(count)))));
    this.dots.setAttribute("aria-label", `The last ${this.answers.length} answers: ${sums.map(([said, { count }]) => `${said} ${count}`).join(", ")}`);
    fill(this.latest, `HTTP ${status || "–"}${ms === null ? "" : ` in ${ms.toFixed(ms < 10 ? 1 : 0)} ms`}`);
  }

  traffic(service, targets) {
    const carrying = targets.filter((target) => target.percent > 0);
    const told = carrying.map((target) => `${target.revision ?? "latest"} ${target.percent} %`).join(", ");
    const shade = (target) => this.colours.shade(service, target, carrying.indexOf(target));
    const bar = el("div", { class: "traffic", role: "img", "aria-label": told || "No traffic" }, carrying.map((target) => {
      const share = el("span", { class: `share ${shade(target)}` });
      share.style.flexGrow = target.percent;
      return share;
    }));
    const lines = targets.map((target) =>
      el("li", {}, el("span", { class: `swatch ${target.percent > 0 ? shade(target) : "none"}` }), el("span", { class: "revision", title: target.revision }, target.revision ?? "latest"),
        target.tag && el("span", { class: "tag" }, target.tag), el("span", { class: "percent" }, `${target.percent ?? 0} %`)));
    return targets.length > 0 && [bar, el("ul", { class: "targets" }, lines)];
  }
}

const key = (service) => `${service.namespace}/${service.name}`;
