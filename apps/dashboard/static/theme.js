// A file of its own, so that the page's policy needs no hash for it; it runs before the first paint.
(function () {
	var kept = null;
	try {
		kept = localStorage.getItem('lamplight.theme');
	} catch {
		// Storage may be refused: then the system's theme is used.
	}
	var dark =
		kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
	document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
