// The button that prints a sheet or a letter; without scripts the browser's own menu does.
for (const button of document.querySelectorAll("button.print")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
