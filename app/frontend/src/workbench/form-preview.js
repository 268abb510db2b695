// The real form in a frame of the page: with nothing, a sample or a past case. After a saving it is asked anew with what was typed in it.
export function openPreview(address) {
  const frame = document.getElementById("preview"), fill = document.getElementById("preview-fill"), view = document.getElementById("preview-view"), role = document.getElementById("preview-role");
  const number = document.getElementById("preview-case"), label = document.getElementById("preview-case-label");
  let place = 0;
  const target = () => {
    const filled = fill.value === "case" ? `case:${number.value.replace(/\s/g, "")}` : fill.value;
    const asked = new URLSearchParams(Object.entries({ fill: filled, view: view.value === "read" ? "read" : "", role: role.value }).filter(([, value]) => value));
    return asked.size ? `${address}?${asked}` : address;
  };
  const show = () => {
    label.hidden = fill.value !== "case";
    view.disabled = fill.value === "case";
    if (fill.value === "case" && !number.value.trim()) { number.focus(); return; }
    frame.src = target();
  };
  for (const one of [fill, view, role, number]) one.addEventListener("change", show);
  frame.addEventListener("load", () => { try { frame.contentWindow.scrollTo(0, place); } catch { /* a page of somebody else */ } });
  return {
    again() {
      try { place = frame.contentWindow.scrollY; } catch { place = 0; }
      const form = frame.contentDocument?.getElementById("preview-form");
      if (form) form.submit(); else frame.src = target();
    },
  };
}
