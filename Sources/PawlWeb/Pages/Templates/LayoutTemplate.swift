/// What every page has around its own.
enum LayoutTemplate {
    static let text = ##"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{title}} · Pawl</title>
        <link rel="icon" href="/assets/pawl.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/assets/pawl.css">
        <script src="/assets/live.js" defer></script>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
        <a class="brand" href="/"><img src="/assets/pawl.svg" alt="" width="22" height="22">Pawl</a>
        <nav aria-label="Account">
        {{#person}}
        <form method="post" action="/logout">
        <input type="hidden" name="token" value="{{formToken}}">
        <span class="who">{{person}}</span>
        <button class="plain">Log out</button>
        </form>
        {{/person}}
        {{^person}}{{#mayLogIn}}<a href="/login?to={{loginBackPath}}">Log in</a>{{/mayLogIn}}\##
        {{/person}}
        </nav>
        </header>
        <main id="main" tabindex="-1">
        {{#notice}}
        <section class="notice" role="status" aria-label="What the order came to">
        <p>{{#noticeBadge}}{{>badge}}{{/noticeBadge}} <strong>{{noticeTitle}}</strong></p>
        {{#noticeLines}}<p>{{.}}</p>{{/noticeLines}}
        </section>
        {{/notice}}
        {{$body}}{{/body}}
        </main>
        <footer>
        <p id="freshness">As of {{#asOf}}<time datetime="{{stamp}}">{{exact}}</time>{{/asOf}}</p>
        <p id="connection" hidden></p>
        </footer>
        <p id="announce" class="unseen" role="status" aria-live="polite"></p>
        </body>
        </html>
        """##
}
