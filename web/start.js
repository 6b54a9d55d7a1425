// Starts the page: finds the hashed names in the document (an inline script would need a looser content policy).
const names = document.querySelector('meta[name="quarterdeck-start"]').dataset;
try {
  const { default: init } = await import(names.js);
  await init({ module_or_path: names.wasm });
} catch (cause) {
  const boot = document.querySelector(".boot");
  if (!boot) throw cause;
  boot.classList.add("failed");
  boot.setAttribute("role", "alert");
  boot.textContent = `Quarterdeck could not start in this browser: ${cause.message}. Reload the page; if it stays, try a current Chrome, Edge, Firefox or Safari.`;
}
