// Repeatable rows: <div data-records> holds rows [data-record], a <template data-record-template> and a button [data-record-add].
// The button may be one of the form's, which brings a row without this script. "__n__" in the template's names and ids becomes the next number; [data-record-remove] takes a row away, never below data-min.
const rowsOf = (list) => [...list.querySelectorAll(":scope > [data-record]")];

function nextNumber(list) {
  const next = Number(list.dataset.next ?? rowsOf(list).length);
  list.dataset.next = String(next + 1);
  return next;
}

function showButtons(list) {
  const least = Number(list.dataset.min ?? 0);
  const rows = rowsOf(list);
  for (const row of rows) {
    const button = row.querySelector("[data-record-remove]");
    if (button) button.hidden = rows.length <= Math.max(1, least);
  }
}

function changed(list) {
  showButtons(list);
  list.dispatchEvent(new CustomEvent("records:changed", { bubbles: true }));
}

function add(list) {
  const template = list.querySelector(":scope > template[data-record-template]");
  const number = nextNumber(list);
  const row = template.content.cloneNode(true);
  for (const element of row.querySelectorAll("*")) {
    for (const name of ["id", "name", "for", "aria-describedby", "aria-label"]) {
      const value = element.getAttribute(name);
      if (value?.includes("__n__")) element.setAttribute(name, value.replaceAll("__n__", number));
    }
  }
  const first = row.querySelector("input, select, textarea");
  template.before(row);
  first?.focus();
  changed(list);
}

function remove(list, row) {
  const neighbour = row.nextElementSibling?.matches("[data-record]") ? row.nextElementSibling : row.previousElementSibling;
  row.remove();
  (neighbour?.querySelector("input, select, textarea") ?? list.querySelector("[data-record-add]"))?.focus();
  changed(list);
}

document.addEventListener("click", (event) => {
  const list = event.target.closest("[data-records]");
  if (!list) return;
  if (event.target.closest("[data-record-add]")) {
    event.preventDefault();
    add(list);
  }
  const button = event.target.closest("[data-record-remove]");
  if (button) remove(list, button.closest("[data-record]"));
});

document.querySelectorAll("[data-records]").forEach(showButtons);
