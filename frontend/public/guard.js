/**
 * Looks whether the page began. Plain script that every browser understands: one that is too old for the page is told so in
 * words; a page whose files did not come, as while a server is exchanged for a newer one, is loaded again by itself.
 */
(function () {
  var WORDS = {
    en: [
      "This browser is too old for BeePlace. Please update it, or open this page in another one.",
      "The page will be back in a few seconds…",
    ],
    de: [
      "Dieser Browser ist zu alt für BeePlace. Bitte aktualisieren oder die Seite in einem anderen öffnen.",
      "Die Seite ist in wenigen Sekunden wieder da…",
    ],
    fr: [
      "Ce navigateur est trop ancien pour BeePlace. Mettez-le à jour ou ouvrez cette page dans un autre.",
      "La page revient dans quelques secondes…",
    ],
    it: [
      "Questo browser è troppo vecchio per BeePlace. Aggiornalo o apri la pagina in un altro.",
      "La pagina torna tra pochi secondi…",
    ],
  };
  var FIRST_MS = 1500;
  var LONGEST_MS = 15000;
  var TRIES = "beeplace.tries";

  function began() {
    var root = document.documentElement;
    return root.hasAttribute("data-began") && getComputedStyle(root).getPropertyValue("--ground") !== "";
  }

  /** What all browsers have that are not older than docs/browsers.md says, and those before lack. */
  function isTooOld() {
    return !(
      "noModule" in HTMLScriptElement.prototype &&
      "replaceAll" in String.prototype &&
      "replaceChildren" in Element.prototype &&
      "ResizeObserver" in window
    );
  }

  function tell(which) {
    var language = (navigator.language || "en").slice(0, 2);
    var box = document.createElement("p");
    box.className = "message";
    box.setAttribute("role", "alert");
    box.appendChild(document.createTextNode((WORDS[language] || WORDS.en)[which]));
    // Readable without any style sheet, which may be what is missing.
    box.style.cssText =
      "position:fixed;left:16px;right:16px;bottom:16px;margin:0;padding:16px;font:18px sans-serif;color:#000;background:#fff;z-index:9";
    document.body.appendChild(box);
  }

  /** How often this tab has tried in vain; where nothing may be kept, always the first time. */
  function tries(count) {
    try {
      if (count === undefined) return Number(sessionStorage.getItem(TRIES)) || 0;
      sessionStorage.setItem(TRIES, String(count));
    } catch (error) {
      // Storage is blocked: it is then tried at the same pace for ever.
    }
    return 0;
  }

  /** What a worker keeps may be what does not fit together. */
  function letGo(then) {
    if (!("serviceWorker" in navigator)) return then();
    navigator.serviceWorker
      .getRegistration()
      .then(function (one) {
        return one && one.unregister();
      })
      .then(then, then);
  }

  function look() {
    if (began()) return tries(0);
    if (isTooOld()) return tell(0);
    tell(1);
    var count = tries();
    tries(count + 1);
    var waitMs = Math.min(LONGEST_MS, FIRST_MS * Math.pow(1.5, count)) * (0.75 + Math.random() / 2);
    setTimeout(function () {
      letGo(function () {
        location.reload();
      });
    }, waitMs);
  }

  // Scripts that are modules have run, or could not be had, when the page is loaded.
  if (document.readyState === "complete") setTimeout(look, 0);
  else
    addEventListener("load", function () {
      setTimeout(look, 0);
    });
})();
