// What people press, choose and fill in: one renderer an element type. Browsers' own controls wherever they exist,
// since those already know keyboards, phones and screen readers.

import { el, fill, icon } from "./dom.js";
import { composed } from "./mrkdwn.js";
import { agreed, openMenu } from "./dialogs.js";
import { people, rooms } from "./directory.js";

export function element(item, block, surface) {
  const render = RENDERERS[item.type];
  return render ? render(item, block, surface) : el("span", { class: "unknown" }, item.alt_text ?? item.text?.text ?? item.type);
}

export function image(item, className) {
  return el("img", { class: className, src: item.image_url ?? item.slack_file?.url, alt: item.alt_text ?? "", loading: "lazy" });
}

async function confirmed(control, item, block, surface, value) {
  if (await agreed(item.confirm)) await surface.act(control, block, item, value);
}

function button(item, block, surface) {
  const node = el("button", { class: `button ${item.style ?? ""}`, type: "button", "aria-label": item.accessibility_label, "data-action": item.action_id },
    composed(item.text));
  node.addEventListener("click", () => {
    if (item.url) window.open(item.url, "_blank", "noopener");
    confirmed(node, item, block, surface, item.value);
  });
  return node;
}

function overflow(item, block, surface) {
  const node = el("button", { class: "button overflow", type: "button", "aria-label": "More actions", "aria-haspopup": "menu", "data-action": item.action_id }, icon("more"));
  node.addEventListener("click", () =>
    openMenu(node, item.options.map((option) => ({
      label: composed(option.text),
      choose: () => {
        if (option.url) window.open(option.url, "_blank", "noopener");
        confirmed(node, item, block, surface, option.value);
      },
    }))));
  return node;
}

const options = (list) => (list ?? []).map((option) => el("option", { value: option.value }, option.text.text));

/** A control with a value, wired to its surface: it reads, remembers, and speaks when it changes. */
function wired(node, item, block, surface, read) {
  node.id = surface.field(block, item);
  node.dataset.action = item.action_id;
  if (block.type !== "input") node.setAttribute("aria-label", item.placeholder?.text ?? "Choose");
  surface.register(block, item, read);
  if (surface.speaks(block, item)) {
    node.addEventListener("change", () => read() !== null && confirmed(node, item, block, surface, read()));
  }
  return node;
}

function select(listed, initial) {
  return (item, block, surface) => {
    const chosen = surface.initial(block, item, initial(item));
    const node = el("select", { class: "select" },
      el("option", { value: "", disabled: block.type !== "input" || !block.optional, selected: !chosen }, item.placeholder?.text ?? "Choose an option"),
      item.option_groups
        ? item.option_groups.map((group) => el("optgroup", { label: group.label.text }, options(group.options)))
        : listed(item));
    if (chosen) node.value = chosen;
    return wired(node, item, block, surface, () => node.value || null);
  };
}

const listedOptions = (item) => options(item.options);
const listedPeople = () => people().map((person) => el("option", { value: person.id }, person.real_name || person.name));
const listedRooms = () => rooms().map((room) => el("option", { value: room.id }, `#${room.name}`));

function choices(kind, many) {
  return (item, block, surface) => {
    const all = item.options ?? (item.type.includes("users") ? people().map(asOption) : rooms().map(asOption));
    const name = surface.field(block, item);
    const proposed = many ? (item.initial_options ?? []).map((option) => option.value) : [item.initial_option?.value];
    const chosen = [surface.initial(block, item, proposed)].flat();
    const boxes = all.map((option) => el("input", { type: kind, name, value: option.value, checked: chosen.includes(option.value) }));
    const node = el("div", { class: "choices", role: many ? "group" : "radiogroup" },
      all.map((option, index) =>
        el("label", {}, boxes[index], el("span", {}, composed(option.text), option.description && el("small", {}, composed(option.description))))));
    const read = () => boxes.filter((box) => box.checked).map((box) => box.value);
    return wired(node, item, block, surface, many ? read : () => read()[0] ?? null);
  };
}

const asOption = (named) => ({ value: named.id, text: { type: "plain_text", text: named.real_name || named.name } });

/** `show` turns a value into what the control holds, `read` the control into a value. */
function field(type, initial, read = (node) => node.value || null, show = (value) => value) {
  return (item, block, surface) => {
    const node = item.multiline
      ? el("textarea", { class: "field", rows: "4", placeholder: item.placeholder?.text, maxlength: item.max_length })
      : el("input", { class: "field", type, placeholder: item.placeholder?.text, maxlength: item.max_length, min: item.min_value, max: item.max_value,
        step: item.type === "number_input" ? (item.is_decimal_allowed ? "any" : "1") : null, autofocus: item.focus_on_load });
    const value = surface.initial(block, item, initial(item));
    node.value = value === undefined || value === null ? "" : show(value);
    return wired(node, item, block, surface, () => read(node));
  };
}

/** The app offers options for what is typed; the browser lists them under the field. */
function externalSelect(item, block, surface) {
  const offered = new Map(); // what is shown → what it stands for
  const offer = (option) => offered.set(option.text.text, option.value);
  const list = el("datalist", { id: `${surface.field(block, item)}-offered` });
  const node = el("input", { class: "field", type: "text", list: list.id, placeholder: item.placeholder?.text, autocomplete: "off" });
  if (item.initial_option) offer(item.initial_option);
  const chosen = surface.initial(block, item, item.initial_option?.value);
  node.value = [...offered].find(([, value]) => value === chosen)?.[0] ?? chosen ?? "";
  const ask = async () => {
    const typed = node.value;
    if (offered.has(typed) || typed.length < (item.min_query_length ?? 3)) return;
    const options = await surface.suggest(block, item, typed);
    if (typed !== node.value) return; // a later answer is on its way
    options.forEach(offer);
    fill(list, options.map((option) => el("option", { value: option.text.text })));
  };
  node.addEventListener("input", ask);
  node.addEventListener("focus", ask);
  wired(node, item, block, surface, () => offered.get(node.value) ?? null);
  return el("span", { class: "external" }, node, list);
}

/** <input type=datetime-local> speaks local time, Slack seconds since 1970. */
const local = (seconds) => {
  const moment = new Date((seconds - new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000);
  return moment.toISOString().slice(0, 16);
};

const RENDERERS = {
  button,
  workflow_button: button,
  icon_button: button,
  overflow,
  image: (item) => image(item, "accessory-image"),
  static_select: select(listedOptions, (item) => item.initial_option?.value),
  external_select: externalSelect,
  users_select: select(listedPeople, (item) => item.initial_user),
  channels_select: select(listedRooms, (item) => item.initial_channel),
  conversations_select: select(listedRooms, (item) => item.initial_conversation),
  multi_static_select: choices("checkbox", true),
  multi_users_select: choices("checkbox", true),
  multi_channels_select: choices("checkbox", true),
  multi_conversations_select: choices("checkbox", true),
  checkboxes: choices("checkbox", true),
  radio_buttons: choices("radio", false),
  datepicker: field("date", (item) => item.initial_date),
  timepicker: field("time", (item) => item.initial_time),
  datetimepicker: field(
    "datetime-local",
    (item) => item.initial_date_time,
    (node) => (node.value ? Math.round(new Date(node.value).getTime() / 1000) : null),
    local,
  ),
  plain_text_input: field("text", (item) => item.initial_value),
  number_input: field("number", (item) => item.initial_value),
  email_text_input: field("email", (item) => item.initial_value),
  url_text_input: field("url", (item) => item.initial_value),
};
