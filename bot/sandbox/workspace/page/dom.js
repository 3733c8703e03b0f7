// Every node of the page is made here. Strings become text nodes, never markup,
// because messages carry words that anybody may have written.

export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...present(children));
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren(...present(children));
  return node;
}

export function fragment(...children) {
  const node = document.createDocumentFragment();
  node.append(...present(children));
  return node;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** An element of a drawing. */
export function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...present(children));
  return node;
}

/** A drawing from page/icons.svg; with a label it is an image to readers, without one it is decoration. */
export function drawing(file, name, className, label) {
  const read = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return svg("svg", { class: className, viewBox: "0 0 20 20", ...read }, svg("use", { href: `page/${file}.svg#${name}` }));
}

export const icon = (name) => drawing("icons", name, "icon");

/** Addresses come from messages: anything but the web and mail stays text, so that no link can run a script. */
export function link(url, ...label) {
  const content = label.length ? label : [url];
  if (!/^(https?:\/\/|mailto:)/i.test(url)) return fragment(...content);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...content);
}

/** Runs one call at a time and, however often it is asked meanwhile, once more afterwards: bursts of events cost two reads. */
export function coalesce(work) {
  let running = null;
  let again = false;
  return function ask() {
    if (running) {
      again = true;
      return running;
    }
    running = (async () => {
      let failure;
      do {
        again = false;
        failure = await work().then(() => null, (reason) => reason);
      } while (again);
      if (failure) throw failure;
    })().finally(() => { running = null; });
    return running;
  };
}

export function toast(words) {
  const note = el("div", { class: "toast" }, words);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}
