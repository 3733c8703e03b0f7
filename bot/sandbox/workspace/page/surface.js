// A surface is one message, modal or home tab: where elements stand, what is filled in, and whom to tell of a click.
// Elements know their surface and nothing of the conversation around it.

import { toast } from "./dom.js";

let surfaces = 0;

export class Surface {
  /**
   * `send` takes {block_id, action_id, value} and returns a promise of the sandbox's answer; `options` takes the
   * same, for what was typed into a select whose options the app offers.
   * `kept` are values of an earlier rendering, by field, so that a redrawn form loses nothing.
   */
  constructor({ send, options, kept = {} }) {
    this.send = send;
    this.options = options;
    this.kept = kept;
    this.prefix = `surface-${(surfaces += 1)}`;
    this.readers = new Map();
  }

  /** The DOM id of an element's control: what its label points at. */
  field(block, element) {
    return `${this.prefix}-${block.block_id}-${element.action_id}`.replace(/\s/g, "_");
  }

  /** What was filled in before the surface was drawn anew, else what the app proposed. */
  initial(block, element, proposed) {
    return this.kept[block.block_id]?.[element.action_id] ?? proposed;
  }

  register(block, element, read) {
    this.readers.set(`${block.block_id} ${element.action_id}`, { block: block.block_id, action: element.action_id, read });
  }

  /** {block_id: {action_id: value}}, as a submission wants it. */
  values() {
    const values = {};
    for (const { block, action, read } of this.readers.values()) {
      (values[block] ??= {})[action] = read();
    }
    return values;
  }

  /** Tells the app; while it has not acked, the control that was used is busy and cannot be used again. */
  async act(control, block, element, value) {
    if (control.getAttribute("aria-busy") === "true") return;
    control.setAttribute("aria-busy", "true");
    try {
      const { acked_ms: acked } = await this.send({ block_id: block.block_id, action_id: element.action_id, value });
      if (acked === null) toast("The app did not answer in time.");
    } catch (refusal) {
      toast(refusal.message);
    } finally {
      control.removeAttribute("aria-busy");
    }
  }

  /** What the app offers for what was typed; nothing, if it does not answer. */
  async suggest(block, element, typed) {
    const asked = this.options({ block_id: block.block_id, action_id: element.action_id, value: typed });
    return asked.then((answer) => answer.options, () => []);
  }

  /** Elements in an input block speak only when they were told to. */
  speaks(block, element) {
    return block.type !== "input" || block.dispatch_action === true;
  }
}
