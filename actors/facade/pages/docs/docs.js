// The page: the document's calls by tag, each folded until somebody wants it.

import { element, fold, pretty, prose } from "./elements.js";
import { Schemas } from "./schemas.js";
import { form } from "./sending.js";

const METHODS = ["get", "post", "put", "patch", "delete"];
const at = (id) => document.getElementById(id);

async function show() {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(`the gateway answers ${response.status}`);
  const api = await response.json();
  const schemas = new Schemas(api);
  at("title").textContent = `${api.info.title} API ${api.info.version}`;
  at("summary").textContent = api.info.summary || "";
  at("about").replaceChildren(...prose(api.info.description));
  for (const tag of api.tags) section(tag, callsOf(api, tag.name), schemas);
  at("state").hidden = true;
  at("filter").addEventListener("input", filter);
  at("who").addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", openNamed);
  addEventListener("keydown", focusFilter);
  openNamed();
}

function callsOf(api, tag) {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method]?.tags.includes(tag)).map((method) => ({ path, method, operation: methods[method] })),
  );
}

function section(tag, calls, schemas) {
  const links = calls.map(({ method, path, operation }) =>
    element("li", { "data-text": words(method, path, operation) }, element("a", { href: `#${operation.operationId}` }, badge(method), operation.summary)),
  );
  at("contents").append(element("h2", {}, tag.name), element("ul", {}, ...links));
  at("tags").append(
    element("section", {}, element("h2", {}, tag.name), ...prose(tag.description), ...calls.map((each) => call(each, schemas))),
  );
}

function words(method, path, operation) {
  return `${method} ${path} ${operation.summary} ${operation.operationId}`.toLowerCase();
}

function badge(method) {
  return element("span", { class: `method ${method}` }, method.toUpperCase());
}

function call({ method, path, operation }, schemas) {
  const made = element(
    "details",
    { id: operation.operationId, class: "call", "data-text": words(method, path, operation) },
    element("summary", {}, badge(method), element("code", {}, path), " ", operation.summary),
  );
  const fill = () => {
    if (made.open && made.childElementCount === 1) made.append(...told(method, path, operation, schemas));
  };
  made.addEventListener("toggle", fill); // nothing is built before it is looked at
  return made;
}

function told(method, path, operation, schemas) {
  const parameters = operation.parameters.map((each) => schemas.resolve(each));
  const body = operation.requestBody?.content["application/json"];
  return [
    ...prose(operation.description),
    element("p", { class: "bounds" }, who(operation)),
    element("h3", {}, "Try it"),
    form(method, path, operation, parameters, body),
    ...(body ? [element("h3", {}, `Body: ${schemas.name(body.schema)}`), ...schemas.shown(body.schema)] : []),
    element("h3", {}, "Answers"),
    ...Object.entries(operation.responses).map(([status, each]) => answer(status, schemas.resolve(each), schemas)),
  ];
}

function who(operation) {
  const roles = operation.security.flatMap((each) => Object.values(each).flat());
  const open = operation.security.some((each) => !Object.keys(each).length);
  return open ? "For anybody." : `For the roles ${roles.join(", ")}.`;
}

function answer(status, response, schemas) {
  const [heading] = response.description.split("\n");
  const made = fold(`${status} ${heading.replaceAll("`", "")}`, ...prose(response.description.slice(heading.length)));
  for (const [media, { schema, examples }] of Object.entries(response.content || {})) {
    made.append(element("p", { class: "type" }, `${media}: ${schemas.name(schema)}`), ...schemas.shown(schema));
    for (const [name, { value }] of Object.entries(examples || {})) {
      made.append(fold(`Example: ${name}`, element("pre", { tabindex: "0" }, pretty(value))));
    }
  }
  return made;
}

function filter() {
  const wanted = at("filter").value.toLowerCase().trim();
  for (const each of document.querySelectorAll("[data-text]")) each.hidden = !each.dataset.text.includes(wanted);
}

function openNamed() {
  const named = location.hash.length > 1 && at(decodeURIComponent(location.hash.slice(1)));
  if (!named || named.tagName !== "DETAILS") return;
  named.open = true;
  named.scrollIntoView();
  named.querySelector("summary").focus();
}

function focusFilter(event) {
  const writing = event.target.matches("input, textarea, select");
  if (event.key !== "/" || writing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  at("filter").focus();
}

show().catch((error) => (at("state").textContent = `The document cannot be shown: ${error.message}.`));
