// A double click sends a form once: whatever is sent from it within two seconds more is the same click.
const SAME_CLICK = 2000;
const sent = new WeakMap();

document.addEventListener("submit", (event) => {
  if (event.target.method !== "post" || event.defaultPrevented) return;
  if (event.timeStamp - sent.get(event.target) < SAME_CLICK) event.preventDefault();
  else sent.set(event.target, event.timeStamp);
});
