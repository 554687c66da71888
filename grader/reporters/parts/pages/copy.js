// The page is complete without this: it only shows the buttons that copy a script, and obeys them.
"use strict";
const copy = async (text, block) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const selection = getSelection();
    selection.selectAllChildren(block);
    return document.execCommand("copy");
  }
};
for (const button of document.querySelectorAll("button.copy")) {
  const block = document.getElementById(button.dataset.of);
  const told = button.nextElementSibling;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copy(block.textContent, block);
    told.textContent = done ? "Copied." : "Selected: press Ctrl+C or ⌘C.";
  });
}
