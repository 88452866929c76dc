// Shows a question only while it counts. data-asked and data-mandatory hold a condition as JSON: field, test ("is", "is_not", "given"), values.
// What is hidden keeps its value; the server leaves out what is not asked. Without this script the condition stands there in words.
function answerOf(form, name) {
  for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"], [name="${CSS.escape(name)}.instead"]`)) {
    if (["radio", "checkbox"].includes(control.type) && !control.checked) continue;
    if (control.value.trim()) return control.value.trim();
  }
  return "";
}

// The same rule as the policy's Condition.holds: what is not answered yet is not "is", and is "is not".
function holds({ field, test, values }, form) {
  const answer = answerOf(form, field);
  if (test === "given") return answer !== "";
  if (answer === "") return test === "is_not";
  return values.includes(answer) === (test === "is");
}

function update(form) {
  for (const question of form.querySelectorAll("[data-asked]")) question.hidden = !holds(JSON.parse(question.dataset.asked), form);
  for (const question of form.querySelectorAll("[data-mandatory]")) {
    const word = question.querySelector("[data-when-optional]");
    if (word) word.hidden = holds(JSON.parse(question.dataset.mandatory), form);
  }
  for (const text of form.querySelectorAll("[data-condition-text]")) text.hidden = true;
}

for (const form of document.querySelectorAll("form[data-conditions]")) {
  form.addEventListener("change", () => update(form));
  update(form);
}
