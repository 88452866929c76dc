// Keeps "22 min left" true without asking the server. The server says how many seconds of open time are left at the time of rendering and
// whether the clock runs; while support is closed the words stand still until the page is loaded again. The words are those of
// tickets/wording.py: "59 min", "1 h", "1 h 05 min".
const loadedAt = performance.now();
const startedAt = new WeakMap();

function fill(minutes, short, whole, long) {
  if (minutes < 60) return short.replace("{m}", minutes);
  const template = minutes % 60 ? long : whole;
  return template.replace("{h}", Math.floor(minutes / 60)).replace("{m}", String(minutes % 60).padStart(2, "0"));
}

function words(seconds) {
  const { textMinutes, textLeft, textLeftWhole, textLate, textLateHours, textLateWhole } = document.body.dataset;
  if (seconds <= 0) return fill(Math.floor(-seconds / 60), textLate, textLateWhole, textLateHours);
  return fill(Math.ceil(seconds / 60), textMinutes, textLeftWhole, textLeft);
}

// The state's colour follows its words, so that a page left open never looks kept when it is not.
function recolour(element, seconds) {
  const state = element.closest(".is-running, .is-close");
  if (!state) return;
  const close = seconds <= Number(element.dataset.closeSeconds ?? 0);
  state.classList.toggle("is-late", seconds <= 0);
  state.classList.toggle("is-close", seconds > 0 && (close || state.classList.contains("is-close")));
  state.classList.toggle("is-running", seconds > 0 && !state.classList.contains("is-close"));
  if (seconds <= 0) state.querySelector(".meter rect")?.setAttribute("width", "100%");
}

function update() {
  for (const element of document.querySelectorAll('[data-due][data-running="true"]')) {
    const passed = (performance.now() - (startedAt.get(element) ?? loadedAt)) / 1000;
    const text = words(Number(element.dataset.leftSeconds) - passed);
    if (element.textContent !== text) element.textContent = text;
    recolour(element, Number(element.dataset.leftSeconds) - passed);
  }
}

// What htmx swapped in counts from its own arrival.
document.addEventListener("htmx:load", (event) => {
  for (const element of event.detail.elt.querySelectorAll?.("[data-due]") ?? []) startedAt.set(element, performance.now());
});
setInterval(update, 15000);
document.addEventListener("visibilitychange", update);
