// Block Kit as nodes. A renderer a block type, in one table; a block of a kind that is not known shows its
// text rather than nothing. What people press or fill in belongs to elements.js.

import { el, fragment } from "./dom.js";
import { composed as text } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { markdown } from "./markdown.js";
import { chart, dataTable, table } from "./tables.js";
import { element, image } from "./elements.js";

const RENDERERS = {
  header: (block) => el("h3", { class: "block-header" }, text(block.text)),
  section: (block, surface) =>
    el("div", { class: "block-section" },
      el("div", { class: "section-body" },
        block.text && el("div", { class: "text" }, text(block.text)),
        block.fields && el("div", { class: "fields" }, block.fields.map((field) => el("div", { class: "text" }, text(field))))),
      block.accessory && el("div", { class: "accessory" }, element(block.accessory, block, surface))),
  context: (block) =>
    el("div", { class: "block-context" },
      block.elements.map((item) => (item.type === "image" ? image(item, "context-image") : el("div", { class: "text" }, text(item))))),
  divider: () => el("hr"),
  actions: (block, surface) => el("div", { class: "block-actions" }, block.elements.map((item) => element(item, block, surface))),
  context_actions: (block, surface) => el("div", { class: "block-actions" }, block.elements.map((item) => element(item, block, surface))),
  image: (block) => el("figure", { class: "block-image" }, block.title && el("figcaption", {}, text(block.title)), image(block, "")),
  input: (block, surface) =>
    el("div", { class: "block-input", "data-block": block.block_id },
      el("label", { for: surface.field(block, block.element) }, text(block.label), block.optional && el("span", { class: "optional" }, " (optional)")),
      element(block.element, block, surface),
      block.hint && el("p", { class: "hint" }, text(block.hint)),
      el("p", { class: "field-error", role: "alert" })),
  rich_text: (block) => richText(block),
  markdown: (block) => markdown(block.text),
  table: (block) => table(block),
  data_table: (block) => dataTable(block),
  data_visualization: (block) => chart(block),
  alert: (block) => el("div", { class: `block-alert ${block.level ?? "default"}` }, text(block.text)),
};

/** The nodes of a list of blocks. `surface` carries what is pressed or filled in: see surface.js. */
export function blocks(list, surface) {
  return list.map((block) => RENDERERS[block.type]?.(block, surface) ?? fragment(text(block.text)));
}
