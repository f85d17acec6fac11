// Swagger UI draws the operations; the key that is tried out is forgotten with the page.
(() => {
  const place = document.getElementById("api");
  window.SwaggerUIBundle({
    domNode: place,
    url: place.dataset.description,
    deepLinking: true,
    // Asks no other host whether the description is valid.
    validatorUrl: null,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
  });

  // Its dark scheme follows the page's: the choice that was made, else the system's.
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () =>
    root.classList.toggle(
      "dark-mode",
      root.dataset.theme ? root.dataset.theme === "dark" : system.matches,
    );
  follow();
  system.addEventListener("change", follow);
  new MutationObserver(follow).observe(root, { attributeFilter: ["data-theme"] });
})();
