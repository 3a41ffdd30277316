// What only a browser can do: say how far the work is, save a file, keep the address, go to another view.
export function render({ model }) {
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.className = "status";
  const tell = () => {
    status.textContent = model.status;
  };
  model.on("status", tell);
  model.on("saved", () => {
    const bytes = Uint8Array.from(atob(model.data), (letter) => letter.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: model.kind }));
    link.download = model.filename;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
  model.on("search", () => {
    window.history.replaceState({}, "", window.location.pathname + model.search);
  });
  model.on("leads_to", () => {
    window.location.assign(window.location.pathname + model.leads_to);
  });
  tell();
  return status;
}
