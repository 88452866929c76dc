// The desk: the queue keeps its selection and its place when its rows come anew, x selects a row, dialogs open from links that work
// without this script too, the composer's kind follows its key, and Esc leaves a field so that the keys work again.
const isTyping = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select") !== null;
const checkboxes = () => [...document.querySelectorAll("[data-selection] input[name=selected]")];
const referenceOf = (box) => box.value.split(":")[0];

function countSelected() {
  const said = document.querySelector("[data-selected-count]");
  if (!said) return;
  said.textContent = `${checkboxes().filter((box) => box.checked).length} selected`;
  const none = document.querySelector("[data-select-none]");
  if (none) none.hidden = false;
}

// The queue ---------------------------------------------------------------------------------------------------------
let kept = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "queue-rows") return;
  // A page that is no longer the queue (an error, a sign-in) never takes the place of the rows.
  if (event.detail.xhr.status !== 200) return;
  const row = document.querySelector('[data-row][aria-selected="true"]');
  kept = {
    checked: new Set(checkboxes().filter((box) => box.checked).map(referenceOf)),
    row: row?.dataset.reference,
    focused: row?.contains(document.activeElement) ? document.activeElement.tagName : "",
  };
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "queue-rows" || !kept) return;
  for (const box of checkboxes()) box.checked = kept.checked.has(referenceOf(box));
  const row = kept.row ? document.querySelector(`[data-row][data-reference="${CSS.escape(kept.row)}"]`) : null;
  row?.setAttribute("aria-selected", "true");
  if (kept.focused) row?.querySelector(kept.focused === "INPUT" ? "input" : "a")?.focus({ preventScroll: true });
  kept = null;
  countSelected();
});

document.addEventListener("change", (event) => {
  if (event.target.name === "selected") countSelected();
  const form = event.target.closest("form[data-submit-on-change]");
  if (form && event.target.matches("select")) form.requestSubmit();
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-submit-on-change]")) return;
  // What says nothing stays out of the address.
  for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
});
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form[data-submit-on-change] :disabled")) field.disabled = false;
  countSelected();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-select-none]")) {
    for (const box of checkboxes()) box.checked = false;
    countSelected();
  }
});

// Dialogs and the composer ------------------------------------------------------------------------------------------
function openDialog(dialog) {
  if (dialog.open) dialog.close();
  dialog.showModal();
  dialog.querySelector("[data-first], input:not([type=hidden]), select, textarea")?.focus();
}

for (const dialog of document.querySelectorAll("dialog[data-came-open]")) openDialog(dialog);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("a[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    opener.closest("details[data-menu]")?.removeAttribute("open");
    openDialog(dialog);
  }
  const closer = event.target.closest("dialog a[data-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
  const copier = event.target.closest("[data-copy]");
  if (copier) copy(copier);
});

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  button.classList.add("is-copied");
  const said = document.getElementById("desk-said");
  if (said) said.textContent = `Copied ${button.dataset.copy}`;
  setTimeout(() => button.classList.remove("is-copied"), 1500);
}
for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = !navigator.clipboard;

const writeAs = (kind) => {
  const choice = document.querySelector(`form[data-composer] input[name=kind][value=${kind}]`);
  if (!choice) return false;
  choice.checked = true;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  const text = choice.form.querySelector("textarea");
  text.focus();
  text.scrollIntoView({ block: "nearest" });
  return true;
};

document.addEventListener("input", (event) => {
  if (event.target.id !== "composer-body") return;
  const writing = document.getElementById("writing");
  if (writing) writing.value = event.target.value.trim() ? "1" : "";
});

document.addEventListener("change", (event) => {
  event.target.closest("form[data-submit-on-choice]")?.requestSubmit();
});

const keys = {
  x: () => {
    const box = document.querySelector('[data-row][aria-selected="true"] input[name=selected]');
    box?.click();
    return Boolean(box);
  },
  a: () => writeAs("answer"),
  i: () => writeAs("note"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape" && isTyping(event.target) && !document.querySelector("dialog[open]")) event.target.blur();
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (Object.hasOwn(keys, event.key) && keys[event.key]()) event.preventDefault();
});
