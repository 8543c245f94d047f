/// Keeps an open page up to date. Everything works without it; it only saves reloading.
enum LiveScript {
    static let text = ##"""
        "use strict";
        (() => {
            const region = () => document.getElementById("live");
            if (!region() || !window.EventSource) return;
            let isAsking = false;
            let isStale = false;

            const say = (id, text) => {
                const place = document.getElementById(id);
                if (!place) return;
                place.textContent = text;
                place.hidden = !text;
            };

            // What a person has unfolded, folded or is at stays as it is.
            const swap = (fresh) => {
                const old = region();
                const before = old.dataset.summary;
                for (const details of old.querySelectorAll("details[id]")) {
                    const same = fresh.querySelector("#" + CSS.escape(details.id));
                    if (same) same.open = details.open;
                }
                const at = old.contains(document.activeElement) ? document.activeElement : null;
                const path = at && (at.id ? "#" + CSS.escape(at.id)
                    : at.matches("summary") && at.parentElement.id
                        ? "#" + CSS.escape(at.parentElement.id) + " > summary"
                        : at.getAttribute("href")
                            ? "a[href=\"" + CSS.escape(at.getAttribute("href")) + "\"]" : "");
                old.replaceWith(document.adoptNode(fresh));
                const again = path && region().querySelector(path);
                if (again) again.focus({ preventScroll: true });
                // Once the new page is there, so that those who hear it hear the change alone.
                if (before !== fresh.dataset.summary) {
                    document.getElementById("announce").textContent = fresh.dataset.summary;
                }
            };

            const refresh = async () => {
                if (isAsking) { isStale = true; return; }
                isAsking = true;
                try {
                    const answer = await fetch(location.href, {
                        headers: { "Pawl-Live": "1" }, cache: "no-store",
                    });
                    if (!answer.ok) throw new Error(String(answer.status));
                    const text = await answer.text();
                    const page = new DOMParser().parseFromString(text, "text/html");
                    const fresh = page.getElementById("live");
                    if (fresh) swap(fresh);
                    const freshness = page.getElementById("freshness");
                    if (freshness) document.getElementById("freshness").replaceWith(freshness);
                    say("connection", "");
                } catch {
                    say("connection", "The server does not answer; this page may be old.");
                } finally {
                    isAsking = false;
                    if (isStale) { isStale = false; refresh(); }
                }
            };

            let last = null;
            const events = new EventSource("/events");
            events.onmessage = (event) => {
                if (last !== null && event.data !== last) refresh();
                last = event.data;
            };
            events.onerror = () => {
                last = "";
                say("connection", "Not connected; trying again.");
            };
            events.onopen = () => say("connection", "");
            // Words like "3 min ago" grow old by themselves.
            setInterval(() => { if (!document.hidden) refresh(); }, 60000);
        })();

        """##
}
