// The composer: Ctrl or Cmd and Enter sends; [data-preview-url] shows what the text becomes, and back. A second press never sends twice.
const token = (form) => form.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("form[data-composer]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-composer]");
  if (!form) return;
  if (form.dataset.sending === "true") {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "true";
});

// htmx forms stay on the page, so they may be sent again once the answer is there.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-composer]");
  if (form) delete form.dataset.sending;
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-composer]")) delete form.dataset.sending;
});

async function togglePreview(button) {
  const form = button.closest("form");
  const text = form.querySelector("textarea");
  const pane = form.querySelector("[data-preview]");
  const showing = !pane.hidden;
  if (!showing) {
    const body = new FormData();
    body.append("body", text.value);
    const answer = await fetch(button.dataset.previewUrl, { method: "POST", body, credentials: "same-origin", headers: { "X-CSRFToken": token(form) } });
    if (!answer.ok) return;
    pane.innerHTML = await answer.text();
  }
  pane.hidden = showing;
  text.hidden = !showing;
  button.setAttribute("aria-pressed", String(!showing));
  if (showing) text.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-preview-url]");
  if (button) togglePreview(button);
});
