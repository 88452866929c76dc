// Saves a draft while a person types: <form data-autosave data-autosave-url="…">, one second after the last input and when the page is left.
// The form's [data-saved] says how it went, in its own words: data-text-saving, data-text-saved ("Draft saved at {time}"), data-text-failed,
// data-text-signed-out (401) and data-text-filed (409). What could not be saved is kept in this tab (sessionStorage): when the page is opened
// again after a sign-in, it is saved and shown. A page that answers a POST has data-posted: it shows everything that was sent.
const PAUSE = 1000;
const RETRY = 10000;
const TOKEN = "csrfmiddlewaretoken";

const keyOf = (form) => `draft:${form.dataset.autosaveUrl}`;

// A sign-in in another tab brings a new token in the cookie; the one in the form is then worth nothing.
function refreshToken(form) {
  const cookie = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
  const field = form.elements[TOKEN];
  if (cookie && field) field.value = cookie[1];
}

function textOf(form) {
  const data = new FormData(form);
  // Files travel by upload.js; a draft is text.
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

function keep(form) {
  const entries = [...textOf(form)].filter(([name]) => name !== TOKEN);
  try {
    sessionStorage.setItem(keyOf(form), JSON.stringify(entries));
  } catch {
    // The tab has no room left: the page itself still holds it.
  }
}

const forget = (form) => sessionStorage.removeItem(keyOf(form));

const send = (form, body, keepalive) =>
  fetch(form.dataset.autosaveUrl, { method: "POST", body, keepalive, redirect: "error", credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });

// A form with a nonce is sent once: a part of the page that bears the nonce says that it arrived.
function arrived(entries) {
  const nonce = entries.find(([name]) => name === "nonce")?.[1];
  return Boolean(nonce) && document.querySelector(`[data-nonce="${CSS.escape(nonce)}"]`) !== null;
}

// Saves what an ended session left in this tab, and shows it by loading the page anew.
async function restore(form) {
  const kept = sessionStorage.getItem(keyOf(form));
  if (!kept) return;
  forget(form);
  if ("posted" in form.dataset || arrived(JSON.parse(kept))) return;
  refreshToken(form);
  const body = new FormData();
  body.set(TOKEN, form.elements[TOKEN].value);
  for (const [name, value] of JSON.parse(kept)) body.append(name, value);
  const answer = await send(form, body, false);
  if (answer.ok) location.reload();
  else sessionStorage.setItem(keyOf(form), kept);
}

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

  async function save(keepalive) {
    clearTimeout(timer);
    if (!dirty || (running && !keepalive)) return;
    dirty = false;
    say(words.textSaving, false);
    // The page may be gone before the answer comes.
    if (keepalive) keep(form);
    try {
      refreshToken(form);
      running = send(form, textOf(form), keepalive);
      const answer = await running;
      if (!answer.ok) throw new Error(String(answer.status));
      if (!dirty) forget(form);
      say(words.textSaved, false);
    } catch (trouble) {
      dirty = true;
      keep(form);
      say({ 401: words.textSignedOut, 409: words.textFiled }[trouble.message] ?? words.textFailed, true);
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
    refreshToken(form);
    keep(form);
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
    restore(form);
  }
}

startIn(document);
// A form that htmx put in anew has lost its listeners with its elements.
document.addEventListener("htmx:load", () => startIn(document));
