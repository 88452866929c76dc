// Saves a draft while a person types: <form data-autosave data-autosave-url="…">, one second after the last input and when the page is left.
// The form's [data-saved] says how it went, in its own words: data-text-saving, data-text-saved ("Draft saved at {time}"), data-text-failed.
const PAUSE = 1000;
const RETRY = 10000;

function autosave(form) {
  const status = document.querySelector(form.dataset.savedTarget ?? "[data-saved]");
  let timer = null;
  let dirty = false;
  let running = null;

  const say = (text, failed) => {
    if (!status || !text) return;
    status.textContent = text.replace("{time}", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }));
    status.classList.toggle("is-failed", failed);
  };
  const words = status?.dataset ?? {};

  const body = () => {
    const data = new FormData(form);
    // Files travel by upload.js; a draft is text.
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return data;
  };

  async function save(keepalive) {
    clearTimeout(timer);
    if (!dirty || (running && !keepalive)) return;
    dirty = false;
    say(words.textSaving, false);
    try {
      running = fetch(form.dataset.autosaveUrl, { method: "POST", body: body(), keepalive, credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
      const answer = await running;
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      say(words.textSaved, false);
    } catch {
      dirty = true;
      say(words.textFailed, true);
      timer = setTimeout(() => save(false), RETRY);
    } finally {
      running = null;
      if (dirty && !keepalive) {
        clearTimeout(timer);
        timer = setTimeout(() => save(false), status?.classList.contains("is-failed") ? RETRY : PAUSE);
      }
    }
  }

  const changed = () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(() => save(false), PAUSE);
  };

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("records:changed", changed);
  form.addEventListener("submit", () => {
    dirty = false;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
}

const started = new WeakSet();

function startIn(root) {
  for (const form of root.querySelectorAll("form[data-autosave]")) {
    if (started.has(form)) continue;
    started.add(form);
    autosave(form);
  }
}

startIn(document);
// A form that htmx put in anew has lost its listeners with its elements.
document.addEventListener("htmx:load", () => startIn(document));
