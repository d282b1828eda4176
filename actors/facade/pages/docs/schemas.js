// The types of the document, as a person reads them: one line a field, and what is inside of it folded away.

import { element, fold, inline, prose } from "./elements.js";

export class Schemas {
  constructor(document) {
    this.document = document;
  }

  // What a reference leads to; anything else is itself.
  resolve(part) {
    if (!part || !part.$ref) return part;
    const found = part.$ref.slice(2).split("/").reduce((at, name) => at[name], this.document);
    const { $ref, ...beside } = part;
    return { ...this.resolve(found), ...beside };
  }

  // The name of a type, such as "Receipt or null".
  name(schema) {
    if (schema.$ref) return schema.$ref.split("/").pop();
    if (schema.allOf) return this.name(schema.allOf[0]);
    const choices = schema.anyOf || schema.oneOf;
    if (choices) return choices.map((each) => this.name(each)).join(" or ");
    if (schema.type === "array") return `list of ${this.name(schema.items || {})}`;
    if (schema.type === "object" && schema.additionalProperties) {
      return `map of ${this.name(schema.additionalProperties === true ? {} : schema.additionalProperties)}`;
    }
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    return schema.format || schema.type || (schema.enum ? "value" : "anything");
  }

  // All that can be said of a type. `seen`: what it stands in, for a type may contain itself.
  shown(schema, seen = []) {
    const choices = (schema.anyOf || schema.oneOf || []).filter((each) => each.type !== "null");
    if (choices.length > 1) {
      const several = choices.filter((each) => this.fields(each).length);
      return several.map((each) => fold(this.name(each), ...this.shown(each, seen)));
    }
    if (choices.length === 1) return this.shown(choices[0], seen);
    if (schema.type === "array" && schema.items) return this.shown(schema.items, seen);
    if (schema.additionalProperties && schema.additionalProperties !== true && !schema.properties) {
      return this.shown(schema.additionalProperties, seen);
    }
    const name = this.name(schema);
    const fields = this.fields(schema);
    if (!fields.length || seen.includes(name)) return [];
    const said = this.resolve(schema).description;
    const list = element("ul", { class: "fields" }, ...fields.map((field) => this.field(field, [...seen, name])));
    return [...(seen.length ? [] : prose(said)), list];
  }

  fields(schema) {
    const found = this.resolve(schema.allOf ? schema.allOf[0] : schema);
    const properties = { ...found.properties, ...(schema.allOf ? schema.properties : {}) };
    const required = found.required || [];
    return Object.entries(properties).map(([name, type]) => ({ name, type, needed: required.includes(name) }));
  }

  field({ name, type, needed }, seen) {
    const whole = this.resolve(type);
    const inside = this.shown(type, seen);
    return element(
      "li",
      {},
      element("code", { class: "name" }, name),
      " ",
      element("span", { class: "type" }, this.name(type)),
      needed ? element("span", { class: "needed" }, " needed") : null,
      " ",
      ...inline(whole.description || ""),
      ...this.bounds(whole),
      inside.length ? fold(`fields of ${this.name(type)}`, ...inside) : null,
    );
  }

  bounds(schema) {
    const kinds = schema.anyOf ? schema.anyOf.map((each) => this.resolve(each)) : [schema];
    const values = kinds.flatMap((each) => each.enum || []);
    const told = [];
    if (values.length) told.push(`one of ${values.map((value) => JSON.stringify(value)).join(", ")}`);
    for (const each of kinds) {
      if (each.minimum !== undefined) told.push(`at least ${each.minimum}`);
      if (each.exclusiveMinimum !== undefined) told.push(`more than ${each.exclusiveMinimum}`);
      if (each.maximum !== undefined) told.push(`at most ${each.maximum}`);
      if (each.maxLength !== undefined) told.push(`up to ${each.maxLength} characters`);
      if (each.maxItems !== undefined) told.push(`up to ${each.maxItems} of them`);
      if (each.pattern) told.push(`as ${each.pattern}`);
    }
    if (schema.default !== undefined && schema.default !== null) told.push(`by default ${JSON.stringify(schema.default)}`);
    return told.length ? [element("span", { class: "bounds" }, ` ${told.join("; ")}`)] : [];
  }
}
