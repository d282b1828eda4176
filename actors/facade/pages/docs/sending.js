// A call made from the page: its parameters, its body, the same as a curl line, and what comes back.

import { element, inline, pretty } from "./elements.js";

const KEY = "Idempotency-Key";
const token = () => document.getElementById("token").value.trim();

// crypto.randomUUID is not there on pages without TLS that are not on loopback.
function uuid4() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function form(method, path, operation, parameters, body) {
  const fields = parameters.map((parameter) => ({ parameter, input: field(operation, parameter) }));
  const examples = body ? Object.entries(body.examples || {}) : [];
  const text = element("textarea", { rows: 12, spellcheck: "false", "aria-label": "Body, as JSON" });
  text.value = examples.length ? pretty(examples[0][1].value) : "";
  const curl = element("pre", { class: "curl", tabindex: "0" });
  const answer = element("div", { class: "answer", "aria-live": "polite" });
  const request = () => built(method, path, fields, body ? text.value : null);
  const show = () => (curl.textContent = curlLine(request()));
  const made = element(
    "form",
    { oninput: show },
    ...fields.map(({ parameter, input }) => labelled(parameter, input, show)),
    body && choice(examples, text, show),
    body && text,
    element("h4", {}, "With curl"),
    curl,
    element("p", {}, button("Copy", () => navigator.clipboard?.writeText(curl.textContent)), " ", submit(method)),
    answer,
  );
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    send(request(), method, answer);
  });
  show();
  return made;
}

function field(operation, parameter) {
  const id = `${operation.operationId}-${parameter.name}`;
  const filled = parameter.name === KEY ? uuid4() : "";
  return element("input", { id, autocomplete: "off", value: filled, required: parameter.required === true });
}

function labelled(parameter, input, show) {
  const renew = () => {
    input.value = uuid4();
    show();
  };
  return element(
    "div",
    { class: "parameter" },
    element("label", { for: input.id }, parameter.name, parameter.required ? element("span", { class: "needed" }, " needed") : null),
    input,
    parameter.name === KEY ? button("New key", renew) : null,
    element("span", { class: "bounds" }, ...inline(parameter.description || "")),
  );
}

function choice(examples, text, show) {
  const pick = (event) => {
    text.value = pretty(examples[event.target.selectedIndex][1].value);
    show();
  };
  const options = examples.map(([name]) => element("option", {}, name));
  return element("label", {}, "Body ", element("select", { onchange: pick }, ...options));
}

function button(text, onclick) {
  return element("button", { type: "button", onclick }, text);
}

function submit(method) {
  return element("button", { type: "submit" }, method === "get" ? "Send" : "Send for real");
}

function built(method, path, fields, body) {
  const headers = {};
  const query = new URLSearchParams();
  let where = path;
  for (const { parameter, input } of fields) {
    const value = input.value.trim();
    if (parameter.in === "path") where = where.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (value && parameter.in === "query") query.set(parameter.name, value);
    else if (value) headers[parameter.name] = value;
  }
  if (token()) headers.Authorization = `Bearer ${token()}`;
  if (body) headers["Content-Type"] = "application/json";
  const asked = query.toString();
  return { url: location.origin + where + (asked ? `?${asked}` : ""), method: method.toUpperCase(), headers, body };
}

function curlLine({ url, method, headers, body }) {
  const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  const shown = Object.entries(headers).map(([name, value]) => [name, name === "Authorization" ? "Bearer $TOKEN" : value]);
  const heads = shown.map(([name, value]) =>
    name === "Authorization" ? `-H "${name}: ${value}"` : `-H ${quoted(`${name}: ${value}`)}`,
  );
  const parts = [`curl -X ${method} ${quoted(url)}`, ...heads];
  if (body) parts.push(`-d ${quoted(body)}`);
  return parts.join(" \\\n  ");
}

async function send({ url, ...how }, method, answer) {
  if (method !== "get" && !confirm("This goes to the gateway that serves this page, and may print. Send it?")) return;
  answer.replaceChildren("Waiting for the answer …");
  try {
    const response = await fetch(url, { ...how, body: how.body || undefined });
    const text = await response.text();
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    answer.replaceChildren(
      element("h4", {}, `${response.status} ${response.statusText}`),
      element("pre", { tabindex: "0" }, headers),
      element("pre", { tabindex: "0" }, indented(text)),
    );
  } catch (error) {
    answer.replaceChildren(`No answer: ${error.message}. Send it again with the same key.`);
  }
}

// Line breaks and indents only: parsed and written anew, sums and large numbers would come out changed.
function indented(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let depth = 0;
  return text.replace(/"(?:[^"\\]|\\.)*"|[{}[\],:]|\s+/g, (part) => {
    const line = () => `\n${"  ".repeat(depth)}`;
    if (part === "{" || part === "[") return (depth++, part + line());
    if (part === "}" || part === "]") return (depth--, line() + part);
    if (part === ",") return part + line();
    if (part === ":") return ": ";
    return part.trim() ? part : "";
  });
}
