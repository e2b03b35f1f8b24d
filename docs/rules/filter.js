// A field above the tables of rules that shows only the rows that hold all of its words.
document$.subscribe(() => {
  const place = document.querySelector(".rule-filter");
  if (!place || place.firstChild) return;
  const field = document.createElement("input");
  field.type = "search";
  field.placeholder = "Filter: volume error python";
  field.setAttribute("aria-label", "Filter the rules");
  field.className = "md-input md-input--stretch";
  place.append(field);
  const rows = [...document.querySelectorAll("article tbody tr")].filter((row) => row.querySelector("a"));
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
});
