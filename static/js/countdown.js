// Keeps "22 min left" true without asking the server. The server says how many seconds of open time are left at the time of rendering and
// whether the clock runs; while support is closed the words stand still until the page is loaded again.
const loadedAt = performance.now();
const startedAt = new WeakMap();

const fill = (template, minutes) =>
  template.replace("{h}", Math.floor(minutes / 60)).replace("{m}", template.includes("{h}") ? minutes % 60 : minutes);

function words(element, seconds) {
  const { textMinutes, textLeft, textLate, textLateHours } = element.dataset;
  const late = seconds <= 0;
  const minutes = late ? Math.floor(-seconds / 60) : Math.ceil(seconds / 60);
  if (late) return fill(minutes >= 60 ? textLateHours : textLate, minutes);
  return fill(minutes >= 60 ? textLeft : textMinutes, minutes);
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
    const text = words(element, Number(element.dataset.leftSeconds) - passed);
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
