/// How pages look: light and dark as the browser prefers, down to 320 pixels wide. System fonts, no
/// motion that says anything, no colour that says anything alone.
enum Stylesheet {
    static let text = ##"""
        :root {
            color-scheme: light dark;
            --page: #f6f7f9;
            --card: #ffffff;
            --line: #d9dee5;
            --text: #1c232c;
            --soft: #566272;
            --link: #1a5d9c;
            --good: #17693a;
            --good-back: #e3f4e9;
            --wait: #7a4d00;
            --wait-back: #fdf1d7;
            --bad: #a3201d;
            --bad-back: #fde7e5;
            --idle-back: #e9edf2;
            --button: #1f5f8b;
            --button-text: #ffffff;
            --mono: ui-monospace, "SF Mono", "DejaVu Sans Mono", Consolas, monospace;
        }
        @media (prefers-color-scheme: dark) {
            :root {
                --page: #11151a;
                --card: #191f26;
                --line: #2e3742;
                --text: #e4e9ef;
                --soft: #9eabba;
                --link: #7fbdf2;
                --good: #7fd8a0;
                --good-back: #16301f;
                --wait: #f0c365;
                --wait-back: #372a0e;
                --bad: #ff9d95;
                --bad-back: #3d1a19;
                --idle-back: #262e38;
                --button: #2b76ab;
                --button-text: #ffffff;
            }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
            margin: 0;
            background: var(--page);
            color: var(--text);
            font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
            overflow-wrap: anywhere;
        }
        header.top, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
        header.top {
            display: flex;
            flex-wrap: wrap;
            align-items: center;
            justify-content: space-between;
            gap: .5rem 1rem;
            padding-block: 1rem;
        }
        header.top form { display: flex; align-items: center; gap: .75rem; margin: 0; }
        .who { color: var(--soft); }
        .brand {
            display: inline-flex;
            align-items: center;
            gap: .5rem;
            color: inherit;
            font-weight: 650;
            font-size: 1.125rem;
            letter-spacing: -.01em;
            text-decoration: none;
        }
        main { padding-bottom: 2rem; }
        main:focus { outline: none; }
        footer { color: var(--soft); font-size: .875rem; padding-block: 1rem 2rem; }
        footer p { margin: 0; }
        #connection { color: var(--wait); }
        [hidden] { display: none !important; }
        h1 {
            margin: 0;
            font-size: 1.625rem;
            font-weight: 650;
            letter-spacing: -.015em;
            line-height: 1.25;
        }
        h2 {
            margin: 2.25rem 0 .5rem;
            font-size: 1.125rem;
            font-weight: 650;
            line-height: 1.3;
        }
        p { margin: .25rem 0; }
        a {
            color: var(--link);
            text-decoration-thickness: 1px;
            text-underline-offset: .15em;
        }
        a:hover { text-decoration-thickness: 2px; }
        code, .mono { font-family: var(--mono); font-size: .875em; }
        ul, ol { margin: 0; padding: 0; list-style: none; }
        :focus-visible {
            outline: 3px solid var(--link);
            outline-offset: 2px;
            border-radius: 3px;
        }
        .quiet { color: var(--soft); }
        .nothing { color: var(--soft); padding: .5rem 0; }
        .crumbs { margin: 0 0 .25rem; color: var(--soft); }
        .head { display: flex; flex-wrap: wrap; align-items: center; gap: .375rem .875rem; }
        .unseen {
            position: absolute;
            width: 1px;
            height: 1px;
            overflow: hidden;
            clip-path: inset(50%);
            white-space: nowrap;
        }
        .skip {
            position: absolute;
            left: 1rem;
            top: -4rem;
            padding: .5rem 1rem;
            background: var(--card);
        }
        .skip:focus { top: .5rem; z-index: 1; }

        .badge {
            display: inline-flex;
            align-items: center;
            gap: .375rem;
            padding: .0625rem .5625rem .0625rem .4375rem;
            border-radius: 1rem;
            background: var(--idle-back);
            color: var(--text);
            font-size: .8125rem;
            font-weight: 600;
            line-height: 1.5;
            white-space: nowrap;
        }
        .badge.good { background: var(--good-back); color: var(--good); }
        .badge.wait { background: var(--wait-back); color: var(--wait); }
        .badge.bad { background: var(--bad-back); color: var(--bad); }
        .badge.quiet { color: var(--soft); }
        .icon { width: .8125rem; height: .8125rem; flex: none; fill: currentColor; }

        .card {
            background: var(--card);
            border: 1px solid var(--line);
            border-radius: .625rem;
            padding: .875rem 1rem;
        }
        .channels { display: grid; gap: .625rem; }
        .channels h2 { margin: 0; font-size: 1.0625rem; }
        .channels h2 a { color: inherit; text-decoration: none; }
        .channels h2 a:hover { text-decoration: underline; }
        .channels h2 .quiet { font-weight: 400; }
        .channels .head { justify-content: space-between; }
        .facts { margin: .25rem 0 0; }
        .lag { font-weight: 600; }
        .facts .lag::before { content: "· "; color: var(--soft); font-weight: 400; }
        .state .lag::before, .facts .lag:first-child::before { content: none; }
        .why { margin: .25rem 0 0; max-width: 46rem; }
        .channels .why { color: var(--soft); }
        .advice { max-width: 46rem; font-size: .9375rem; }
        .code { color: var(--soft); white-space: nowrap; margin-left: .375rem; }
        .filter {
            display: flex;
            flex-wrap: wrap;
            align-items: center;
            gap: .5rem;
            margin: .75rem 0;
        }
        .filter label { flex-basis: 100%; margin: 0; font-weight: 400; color: var(--soft); }
        .filter input { flex: 1 1 9rem; max-width: 24rem; }
        .counts { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1rem; }
        .counts a {
            display: inline-flex;
            align-items: center;
            border: 1px solid var(--line);
            border-radius: 1.125rem;
            padding: .125rem .625rem .125rem .1875rem;
            background: var(--card);
            color: inherit;
            text-decoration: none;
        }
        .counts a:hover { border-color: var(--link); }
        .counts a[aria-current] {
            border-color: var(--link);
            box-shadow: inset 0 0 0 1px var(--link);
        }
        .number {
            padding-left: .5rem;
            font-weight: 650;
            font-variant-numeric: tabular-nums;
        }
        .pages {
            display: flex;
            flex-wrap: wrap;
            gap: 1rem;
            margin-top: 1rem;
            color: var(--soft);
        }
        .complaint, .notice {
            margin: .75rem 0;
            padding: .75rem 1rem;
            border: 1px solid var(--line);
            border-left: .25rem solid var(--wait);
            border-radius: .5rem;
            background: var(--card);
        }
        .notice { border-left-color: var(--link); }

        .state { margin-top: 1rem; padding: 1.125rem 1.25rem; }
        .place { margin: 0; font-size: 1.25rem; font-weight: 650; line-height: 1.3; }
        .place .quiet { font-size: 1rem; font-weight: 400; }
        .state .why { margin-top: .75rem; font-size: 1.0625rem; }
        details > summary { cursor: pointer; color: var(--link); width: fit-content; }
        #others { margin-top: .75rem; }
        .reasons li { padding: .5rem 0; border-top: 1px solid var(--line); }
        .reasons { margin-top: .5rem; }

        .strip { margin: .75rem 0 0 .40625rem; border-left: 2px solid var(--line); }
        .step { position: relative; padding: 0 0 1.125rem 1.375rem; }
        .step:last-child { padding-bottom: 0; }
        .step::before {
            content: "";
            position: absolute;
            left: -.4375rem;
            top: .4375rem;
            width: .75rem;
            height: .75rem;
            border-radius: 50%;
            border: 2px solid var(--soft);
            background: var(--page);
        }
        .step.live::before { background: var(--good); border-color: var(--good); }
        .line {
            display: flex;
            flex-wrap: wrap;
            align-items: center;
            gap: .25rem .75rem;
            margin: 0;
        }
        .line code { font-size: 1rem; font-weight: 600; }
        .act { white-space: nowrap; }
        .findings { margin: .375rem 0 0; border-top: 1px solid var(--line); }
        .findings li {
            display: grid;
            grid-template-columns: 6.25rem minmax(0, 1fr);
            gap: .25rem .75rem;
            padding: .5rem 0;
            border-bottom: 1px solid var(--line);
        }
        .findings p { margin: 0; }
        .findings .badge { justify-self: start; align-self: start; margin-top: .0625rem; }
        .rule { color: var(--soft); margin-right: .25rem; }
        .findings b { font-weight: 600; }

        table {
            width: 100%;
            border-collapse: collapse;
            background: var(--card);
            border: 1px solid var(--line);
            border-radius: .625rem;
            border-spacing: 0;
            border-collapse: separate;
        }
        th, td {
            padding: .5rem .75rem;
            text-align: left;
            vertical-align: top;
            border-top: 1px solid var(--line);
        }
        thead th {
            border-top: 0;
            color: var(--soft);
            font-size: .875rem;
            font-weight: 500;
            white-space: nowrap;
        }
        tbody th { font-weight: 600; }
        td p { margin: 0; }
        .digest { font-size: .8125rem; }
        td.mono:not(.digest) { white-space: nowrap; }
        .planned { display: block; color: var(--bad); }
        .history td:first-child, .history tbody th { white-space: nowrap; }
        dl { margin: 0; }
        dl div { display: flex; flex-wrap: wrap; gap: 0 .75rem; padding: .25rem 0; }
        dt { flex: 0 0 8.5rem; font-weight: 600; }
        dd { margin: 0; flex: 1 1 14rem; }

        .orders { display: grid; gap: .625rem; }
        .orders > h2 { margin-bottom: 0; }
        .orders > form {
            display: flex;
            flex-wrap: wrap;
            align-items: center;
            gap: .25rem 1rem;
        }
        .orders > form p { margin: 0; }
        .order summary { width: auto; min-height: 1.5rem; font-weight: 600; }
        .order form { margin-top: .5rem; }
        label { display: block; margin: .75rem 0 .25rem; font-weight: 600; }
        input {
            font: inherit;
            color: inherit;
            background: var(--page);
            border: 1px solid var(--soft);
            border-radius: .375rem;
            padding: .4375rem .625rem;
            width: 100%;
            max-width: 34rem;
            min-height: 2.5rem;
        }
        input.mono { font-family: var(--mono); }
        button {
            font: inherit;
            font-weight: 600;
            min-height: 2.5rem;
            padding: .375rem 1rem;
            border: 1px solid transparent;
            border-radius: .375rem;
            background: var(--button);
            color: var(--button-text);
            cursor: pointer;
        }
        button:hover { filter: brightness(1.1); }
        .order button, .login button { display: block; margin-top: 1rem; }
        button.grave {
            background: var(--card);
            color: var(--bad);
            border-color: var(--bad);
        }
        button.plain {
            min-height: 0;
            padding: 0;
            border: 0;
            background: none;
            color: var(--link);
            font-weight: 400;
            text-decoration: underline;
            text-underline-offset: .15em;
        }
        .login { max-width: 26rem; margin-top: 1rem; }
        .problem { color: var(--bad); font-weight: 600; }

        @media (max-width: 40rem) {
            table, tbody, tr, td, tbody th { display: block; }
            thead {
                position: absolute;
                width: 1px;
                height: 1px;
                overflow: hidden;
                clip-path: inset(50%);
            }
            tr + tr { border-top: 1px solid var(--line); }
            th, td { border: 0; padding: .125rem .875rem; }
            tr { padding: .5rem 0; }
            .findings li { grid-template-columns: minmax(0, 1fr); }
            .state { padding: .875rem 1rem; }
        }
        @media (prefers-reduced-motion: no-preference) {
            a, button, .counts a { transition: border-color .15s, filter .15s; }
        }
        @media (forced-colors: active) {
            .badge, .card, button { border: 1px solid CanvasText; }
        }
        @media print {
            .orders, .filter, nav, .skip { display: none; }
        }

        """##
}
