// Puts the focus on what the page came back with: an error summary, on load and after htmx swapped one in.
const focusOn = (root) => {
  const target = root.matches?.("[data-focus]") ? root : root.querySelector("[data-focus]");
  if (target) target.focus();
};

focusOn(document);
document.addEventListener("htmx:load", (event) => focusOn(event.detail.elt));
