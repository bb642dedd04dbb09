// Charts in SVG, as wide as their place. Each says in its label what it shows; a table with the numbers stands beside it.

import { draw } from "./dom.js";
import { tick, whole } from "./words.js";

const rowHeight = 26;

/** A chart that is drawn again where its place changes its width. */
class Chart extends HTMLElement {
  #paint = () => {};
  #width = 0;
  #watcher = new ResizeObserver((entries) => {
    const width = Math.floor(entries[0].contentRect.width);
    if (width === this.#width || width < 40) return;
    this.#width = width;
    this.replaceChildren(this.#paint(width));
  });

  show(paint) {
    this.#paint = paint;
    return this;
  }

  connectedCallback() { this.#watcher.observe(this); }

  disconnectedCallback() { this.#watcher.disconnect(); }
}

customElements.define("sum-chart", Chart);

function chart(paint) { return document.createElement("sum-chart").show(paint); }

function frame(width, height, label, ...children) {
  return draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...children);
}

const line = (x1, y1, x2, y2, kind) => draw("line", { x1, y1, x2, y2, class: kind });

const text = (x, y, content, attributes = {}) => draw("text", { x, y, ...attributes }, content);

const ruler = document.createElement("canvas").getContext("2d");

/** How wide a text is. */
function room(content) {
  ruler.font = "12.5px system-ui, sans-serif";
  return ruler.measureText(content).width;
}

/** A text cut to a width. */
function cut(content, width) {
  if (room(content) <= width) return content;
  const characters = [...content];
  while (characters.length > 1 && room(`${characters.join("")}…`) > width) characters.pop();
  return `${characters.join("")}…`;
}

function columns(items, width) {
  const wanted = Math.max(...items.map((item) => room(item.label)), 0) + 13;
  const left = Math.min(wanted, width * 0.38);
  const right = width - Math.max(...items.map((item) => room(item.text)), 0) - 12;
  return { left, right };
}

function row(item, index, left, right, ...marks) {
  const middle = rowHeight * index + rowHeight / 2 + 4;
  return draw("g", {},
    draw("title", {}, `${item.label}: ${item.text}`),
    text(left - 8, middle + 4, cut(item.label, left - 12), { "text-anchor": "end" }),
    ...marks,
    text(right + 8, middle + 4, item.text, { class: "soft" }));
}

/** A bar for each item's `value`, from 0. */
export function bars(label, items) {
  return chart((width) => {
    const { left, right } = columns(items, width);
    const high = Math.max(...items.map((item) => item.value), 1e-9);
    const height = rowHeight * items.length + 8;
    return frame(width, height, label,
      ...items.map((item, index) => row(item, index, left, right,
        draw("rect", {
          class: "bar", x: left, y: rowHeight * index + 8, height: rowHeight - 8,
          width: Math.max(0.5, (right - left) * Math.max(0, item.value) / high),
        }))),
      line(left, 0, left, height, "axis"));
  });
}

/** Round marks between two ends, at most about `most`. */
function ticks(low, high, most) {
  const rough = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const marks = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index += 1) {
    marks.push(index === 0 ? 0 : Number((index * step).toPrecision(12)));
  }
  return marks;
}

/** A point for each item's `value` with a whisker from its `low` to its `high`, on an axis that `ends` may fix. */
export function intervals(label, items, ends = null, zero = false) {
  const known = items.flatMap((item) => [item.value, item.low, item.high]).filter(Number.isFinite);
  let [low, high] = ends ?? [Math.min(...known, ...(zero ? [0] : [])), Math.max(...known, ...(zero ? [0] : []))];
  if (!ends) {
    const margin = (high - low || Math.abs(high) || 1) * 0.08;
    [low, high] = [low - margin, high + margin];
  }
  return chart((width) => {
    const { left, right } = columns(items, width);
    const x = (value) => left + 6 + (right - left - 12) * (value - low) / (high - low);
    const floor = rowHeight * items.length + 8;
    const marks = ticks(low, high, Math.max(2, (right - left) / 80));
    return frame(width, floor + 22, label,
      ...marks.map((mark) => draw("g", {},
        line(x(mark), 0, x(mark), floor, zero && mark === 0 ? "zero" : "axis"),
        text(x(mark), floor + 16, tick(mark), { class: "soft", "text-anchor": "middle" }))),
      ...items.map((item, index) => {
        const middle = rowHeight * index + rowHeight / 2 + 4;
        const whisker = Number.isFinite(item.low) && Number.isFinite(item.high)
          ? [line(x(item.low), middle, x(item.high), middle, "whisker"),
            line(x(item.low), middle - 5, x(item.low), middle + 5, "whisker"),
            line(x(item.high), middle - 5, x(item.high), middle + 5, "whisker")] : [];
        return row(item, index, left, right, ...whisker,
          draw("circle", { class: "point", cx: x(item.value), cy: middle, r: 5 }));
      }));
  });
}

/** A field of colours: `values[row][column]`. */
export function field(label, rowLabels, columnLabels, values) {
  const most = Math.max(...values.flat(), 1e-9);
  return chart((width) => {
    const left = Math.min(Math.max(...rowLabels.map(room)) + 13, width * 0.3);
    const cell = (width - left) / columnLabels.length;
    const height = 34;
    return frame(width, 28 + height * rowLabels.length, label,
      ...columnLabels.map((name, column) =>
        text(left + cell * (column + 0.5), 18, cut(name, cell - 4), { "text-anchor": "middle" })),
      ...rowLabels.map((name, at) => draw("g", {},
        text(left - 8, 28 + height * at + 21, cut(name, left - 12), { "text-anchor": "end" }),
        ...columnLabels.map((other, column) => draw("g", {},
          draw("title", {}, `${name}, ${other}: ${whole(values[at][column])}`),
          draw("rect", {
            class: "heat", x: left + cell * column + 1, y: 29 + height * at, width: Math.max(1, cell - 2),
            height: height - 2, "fill-opacity": (0.06 + 0.64 * values[at][column] / most).toFixed(3),
          }),
          text(left + cell * (column + 0.5), 28 + height * at + 21, whole(values[at][column]),
            { "text-anchor": "middle" }))))));
  });
}
