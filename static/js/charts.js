// Draws <figure data-chart="…" data-table="id"> with uPlot from the cells of a table, so that picture and table can't differ. Colours
// come from the tokens, and anew when the theme changes. Without JavaScript the table alone stands there.
const token = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

// A token holds light-dark(…), which a canvas does not know: the browser resolves it on an element.
function colours(element, names) {
  const probe = document.createElement("span");
  probe.hidden = true;
  element.append(probe);
  const found = {};
  for (const name of names) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}

const number = (text) => (text === "" || text === undefined ? null : Number(text));

// The table has the newest week first, a chart has it at its right.
function read(table) {
  const rows = [...table.tBodies[0].rows].map((row) => row.dataset).reverse();
  const column = (name) => rows.map((row) => number(row[name]));
  return { rows, places: rows.map((_, place) => place), column };
}

// The first and every few weeks have their day below; the year is in the table.
function axes(weeks, ink, suffix) {
  const font = `12px ${token(document.body, "font-family")}`;
  const every = Math.ceil(weeks.rows.length / 6);
  const short = weeks.rows.map((row) => row.label.replace(/ \d{4}$/, ""));
  const line = { stroke: ink["text-3"], font, ticks: { show: false } };
  return [
    {
      ...line,
      grid: { show: false },
      size: 28,
      splits: () => weeks.places.filter((place) => place % every === 0),
      values: (_, places) => places.map((place) => short[place]),
    },
    {
      ...line,
      grid: { stroke: ink["line-soft"], width: 1 },
      size: 48,
      incrs: [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000],
      values: (_, values) => values.map((value) => `${value.toLocaleString("en")}${suffix}`),
    },
  ];
}

const upTo = (least) => (_, low, high) => [0, Math.max(high ?? 0, least) * 1.08];
const scales = (weeks, least) => ({
  x: { time: false, range: [-0.6, weeks.rows.length - 0.4] },
  y: { range: upTo(least) },
});

function met(weeks, ink) {
  const kept = weeks.column("kept");
  const due = weeks.column("missed").map((missed, place) => missed + kept[place]);
  const bars = uPlot.paths.bars({ size: [0.62, 44], radius: 0 });
  const bar = (fill) => ({ fill, stroke: fill, width: 0, paths: bars, points: { show: false } });
  return {
    data: [weeks.places, due, kept],
    series: [{}, bar(ink.late), bar(ink.kept)],
    axes: axes(weeks, ink, ""),
    scales: scales(weeks, 5),
    said: (row) => `${row.label}: ${row.met === "" ? "none due" : `${row.met} % met, ${row.missed} missed of ${Number(row.kept) + Number(row.missed)}`}`,
  };
}

// One answer after days would press every line to the ground: what is beyond is drawn at the edge, and said in words.
const MOST_DRAWN = 200;
const drawable = (share) => (share === null ? null : Math.min(share, MOST_DRAWN));

function used(weeks, ink) {
  const line = (stroke) => ({ stroke, width: 2, spanGaps: true, points: { show: true, size: 6, fill: stroke, stroke } });
  const deadline = { stroke: ink["text-3"], width: 1, dash: [4, 4], points: { show: false } };
  return {
    data: [weeks.places, weeks.column("median"), weeks.column("most").map(drawable), weeks.places.map(() => 100)],
    series: [{}, line(ink.slate), line(ink.close), deadline],
    axes: axes(weeks, ink, " %"),
    scales: scales(weeks, 100),
    said: (row) => `${row.label}: ${row.median === "" ? "no first response" : `median ${row.median} %, 95 of 100 within ${row.most} %`}`,
  };
}

const kinds = { met, used };
const drawn = new Map();

function draw(figure) {
  drawn.get(figure)?.destroy();
  figure.hidden = false;
  const plot = figure.querySelector(".chart-plot");
  plot.replaceChildren();
  const weeks = read(document.getElementById(figure.dataset.table));
  const ink = colours(plot, ["text-3", "line-soft", "late", "kept", "slate", "close"]);
  const { data, said, ...look } = kinds[figure.dataset.chart](weeks, ink);
  const words = document.createElement("div");
  words.className = "chart-said";
  const options = {
    ...look,
    width: plot.clientWidth,
    height: plot.clientHeight,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    hooks: { setCursor: [({ cursor }) => (words.textContent = cursor.idx == null ? "" : said(weeks.rows[cursor.idx]))] },
  };
  drawn.set(figure, new uPlot(options, data, plot));
  plot.append(words);
}

const figures = [...document.querySelectorAll("figure[data-chart]")];
const drawAll = () => figures.forEach(draw);
if (figures.length && window.uPlot) {
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  new ResizeObserver(() => {
    for (const [figure, chart] of drawn) {
      const { clientWidth: width, clientHeight: height } = figure.querySelector(".chart-plot");
      if (width && width !== chart.width) chart.setSize({ width, height });
    }
  }).observe(figures[0].parentElement);
}
