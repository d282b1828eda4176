// How the page makes and renews what it shows. Data becomes text nodes and attributes, never markup.

const SVG = "http://www.w3.org/2000/svg";
const HANDLERS = ["onclick", "onsubmit", "onchange", "onkeydown", "onpointerleave"];
const OF_THE_READER = new Set(["open", "data-dismissed"]); // what whoever looks has changed stays

/** An element. `about`: attributes; those that are null, undefined or false are left out; `on…` are handlers. */
export function h(name, about = {}, ...inside) {
  return fill(document.createElement(name), about, inside);
}

/** The same of SVG. */
export function svg(name, about = {}, ...inside) {
  return fill(document.createElementNS(SVG, name), about, inside);
}

function fill(node, about, inside) {
  for (const [name, value] of Object.entries(about)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...present(inside));
  return node;
}

function present(inside) {
  return inside.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false);
}

/**
 * Makes the children of `parent` be as `wanted`, and keeps every node that can stay: focus, selection, scrolling and
 * what was typed survive. Children with `data-key` are known again by it.
 */
export function patch(parent, ...wanted) {
  const children = present(wanted).map((each) => (each instanceof Node ? each : document.createTextNode(each)));
  const keys = new Set(children.map(keyOf));
  for (const each of [...parent.childNodes]) if (keyOf(each) && !keys.has(keyOf(each))) each.remove();
  children.forEach((child, place) => {
    shorten(parent, child, place, children.length);
    settle(parent, child, parent.childNodes[place] ?? null);
  });
  while (parent.childNodes.length > children.length) parent.lastChild.remove();
}

/** What is one too many goes, before what stays behind it would be moved: moved, it loses the focus. */
function shorten(parent, child, place, wanted) {
  while (parent.childNodes.length > wanted) {
    const current = parent.childNodes[place];
    if (keyOf(current) || alike(current, child)) return;
    current.remove();
  }
}

function settle(parent, child, current) {
  const found = current && alike(current, child) ? current : moved(parent, child, current);
  if (!found) parent.insertBefore(child, current);
  else if (found.nodeType === Node.TEXT_NODE) rewrite(found, child.data);
  else renew(found, child);
}

function rewrite(text, data) {
  if (text.data !== data) text.data = data;
}

/** The child of that key from further below, brought here. */
function moved(parent, child, current) {
  const key = keyOf(child);
  if (!key) return null;
  for (let each = current; each; each = each.nextSibling) {
    if (alike(each, child)) return parent.insertBefore(each, current);
  }
  return null;
}

function renew(node, like) {
  for (const { name } of [...node.attributes]) {
    if (!like.hasAttribute(name) && !OF_THE_READER.has(name)) node.removeAttribute(name);
  }
  for (const { name, value } of like.attributes) {
    if (node.getAttribute(name) !== value && !OF_THE_READER.has(name)) node.setAttribute(name, value);
  }
  for (const name of HANDLERS) {
    if (node[name] !== like[name]) node[name] = like[name];
  }
  patch(node, ...like.childNodes);
}

function alike(one, other) {
  return one.nodeName === other.nodeName && keyOf(one) === keyOf(other);
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("data-key") : null;
}
