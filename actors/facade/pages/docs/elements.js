// Elements and text. Nothing is ever set as HTML: what the document says is shown, not run.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute.startsWith("on")) made.addEventListener(attribute.slice(2), value);
    else if (value === true) made.setAttribute(attribute, "");
    else if (value !== false && value != null) made.setAttribute(attribute, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

export function fold(summary, ...children) {
  return element("details", {}, element("summary", {}, summary), ...children);
}

// As much of CommonMark as the document uses: paragraphs, lists, **strong** and `code`.
export function prose(text) {
  return (text || "").trim().split(/\n\s*\n/).filter(Boolean).map(block);
}

export function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (/^`.+`$/s.test(part)) return element("code", {}, part.slice(1, -1).replace(/\s+/g, " "));
    if (/^\*\*.+\*\*$/s.test(part)) return element("strong", {}, ...inline(part.slice(2, -2)));
    return part;
  });
}

function block(text) {
  const lines = text.split("\n");
  if (!lines.every((line) => line.startsWith("- "))) return element("p", {}, ...inline(text));
  return element("ul", {}, ...lines.map((line) => element("li", {}, ...inline(line.slice(2)))));
}

export function pretty(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
