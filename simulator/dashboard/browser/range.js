// A native slider with a label: keys, touch and screen readers work as in any form.
export function render({ model }) {
  const label = document.createElement("label");
  const name = document.createElement("span");
  // Not an <output>: that would be read aloud twice, since the slider tells its value itself.
  const told = document.createElement("span");
  told.className = "told";
  told.setAttribute("aria-hidden", "true");
  const input = document.createElement("input");
  input.type = "range";
  input.id = "range";
  label.htmlFor = "range";
  label.append(name, told);
  const tell = (value) => {
    told.textContent = value;
    input.setAttribute("aria-valuetext", value);
  };
  const follow = () => {
    name.textContent = model.label;
    Object.assign(input, { min: model.start, max: model.end, step: model.step, disabled: model.disabled });
    input.value = model.value;
    tell(model.value);
  };
  let waiting = null;
  const send = () => {
    clearTimeout(waiting);
    waiting = null;
    model.value = Number(input.value);
  };
  input.addEventListener("input", () => tell(Number(input.value)));
  // Arrow keys change a value step by step; only where they come to rest is sent.
  input.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(send, 200);
  });
  for (const name of ["label", "start", "end", "step", "value", "disabled"]) {
    model.on(name, () => {
      if (waiting === null) follow();
    });
  }
  follow();
  const box = document.createElement("div");
  box.className = "range";
  box.append(label, input);
  return box;
}
