// Elements. Text from elsewhere only ever becomes text nodes and attribute values, never markup.

const svgNamespace = "http://www.w3.org/2000/svg";

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** An HTML element with attributes and children; strings among them become text. */
export function make(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** An SVG element likewise. */
export function draw(name, attributes = {}, ...children) {
  return filled(document.createElementNS(svgNamespace, name), attributes, children);
}

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

let count = 0;

/** An id that no other element has. */
export function freshId() {
  count += 1;
  return `made-${count}`;
}

/** A table in a frame that scrolls by keyboard too. Cells are strings or nodes; the first of a row is its heading. */
export function table(caption, head, rows, numeric = 1) {
  const id = freshId();
  const side = (column) => (column >= numeric ? "n" : null);
  return make("div", { class: "scroll", role: "region", tabindex: 0, "aria-labelledby": id },
    make("table", {},
      make("caption", { id }, caption),
      make("thead", {}, make("tr", {}, head.map((cell, column) =>
        make("th", { scope: "col", class: side(column) }, cell)))),
      make("tbody", {}, rows.map((row) => make("tr", {}, row.map((cell, column) =>
        column === 0 ? make("th", { scope: "row" }, cell) : make("td", { class: side(column) }, cell)))))));
}
