// Keyboard shortcuts: links and buttons with data-key, "/" to search, j and k over rows with data-row, Enter to open, "?" for the list.
// They wait while a person types, with a modifier held, or while a dialog is open.
const isTyping = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;

const rows = () => [...document.querySelectorAll("[data-row]")];

function moveSelection(step) {
  const all = rows();
  if (!all.length) return;
  const current = all.findIndex((row) => row.getAttribute("aria-selected") === "true");
  const next = Math.min(all.length - 1, Math.max(0, current + step));
  all.forEach((row, index) => row.setAttribute("aria-selected", String(index === next)));
  all[next].querySelector("a")?.focus();
  all[next].scrollIntoView({ block: "nearest" });
}

function openSelected(event) {
  // A focused link or button opens by itself.
  if (event.target.closest("a, button, summary, input")) return;
  document.querySelector('[data-row][aria-selected="true"] a')?.click();
}

function search() {
  const field = document.querySelector("[data-search]");
  field?.focus();
  field?.select();
  return field;
}

const actions = {
  j: () => moveSelection(1),
  k: () => moveSelection(-1),
  Enter: openSelected,
  "?": () => document.getElementById("shortcuts")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "/" && search()) {
    event.preventDefault();
    return;
  }
  const act = Object.hasOwn(actions, event.key) ? actions[event.key] : null;
  if (act) {
    act(event);
    return;
  }
  const keyed = [...document.querySelectorAll("[data-key]")].find((item) => item.dataset.key === event.key);
  if (keyed) {
    event.preventDefault();
    keyed.click();
  }
});
