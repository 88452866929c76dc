// Prepared answers: "/" at the beginning of a line of the answer, or outside of any field, opens the list; typing searches, arrows
// move, Enter puts the text where the caret was, Esc goes back. The first placeholder without a value is selected.
const panel = document.querySelector("[data-prepared]");
const search = panel?.querySelector("[data-prepared-search]");
const form = panel?.closest("form");
const text = form?.querySelector("textarea[name=body]");
const opener = form?.querySelector("[data-prepared-open]");
const options = () => [...panel.querySelectorAll("[role=option]:not([hidden])")];
const isTyping = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select") !== null;
const isAnswer = () => form.querySelector("input[name=kind][value=answer]")?.checked ?? false;

function choose(option) {
  for (const one of panel.querySelectorAll("[aria-selected=true]")) one.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) search.setAttribute("aria-activedescendant", option.id);
  else search.removeAttribute("aria-activedescendant");
}

function filter() {
  const words = search.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  for (const one of panel.querySelectorAll("[role=option]")) one.hidden = !words.every((word) => one.dataset.words.includes(word));
  const found = options();
  panel.querySelector("[data-prepared-none]").hidden = found.length > 0;
  choose(found[0]);
}

function open() {
  panel.hidden = false;
  search.value = "";
  filter();
  search.focus();
}

function close() {
  panel.hidden = true;
  text.focus();
}

function put(words) {
  const start = text.selectionStart;
  text.setRangeText(words, start, text.selectionEnd, "end");
  const gap = words.search(/(?<![{\\])\{[a-z_]+\}(?!\})/);
  if (gap >= 0) text.setSelectionRange(start + gap, start + gap + words.slice(gap).indexOf("}") + 1);
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

async function use(option) {
  if (!option) return;
  const answer = await fetch(option.dataset.url, { credentials: "same-origin" });
  if (!answer.ok) return;
  const slot = form.querySelector("[data-prepared-used]");
  slot.innerHTML = await answer.text();
  close();
  put(slot.querySelector("[data-text]").dataset.text);
}

const move = (step) => {
  const found = options();
  const at = found.findIndex((one) => one.getAttribute("aria-selected") === "true");
  choose(found[Math.min(found.length - 1, Math.max(0, at + step))]);
};

const keys = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Enter: () => use(panel.querySelector("[aria-selected=true]:not([hidden])")),
  Escape: close,
};

if (panel && text) {
  opener.hidden = false;
  opener.addEventListener("click", open);
  search.addEventListener("input", (event) => {
    event.stopPropagation(); // it is no part of what is written
    filter();
  });
  panel.addEventListener("keydown", (event) => {
    if (!Object.hasOwn(keys, event.key) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  panel.addEventListener("click", (event) => use(event.target.closest("[role=option]")));
  document.addEventListener("click", (event) => {
    if (!panel.hidden && !event.target.closest("[data-prepared], [data-prepared-open]")) panel.hidden = true;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !isAnswer()) return;
    const begins = event.target === text && /(^|\n)$/.test(text.value.slice(0, text.selectionStart));
    if (!begins && (isTyping(event.target) || document.querySelector("dialog[open]"))) return;
    event.preventDefault();
    open();
  });
}
