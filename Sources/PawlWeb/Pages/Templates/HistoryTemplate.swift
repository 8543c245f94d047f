/// What happened to a channel, newest first.
enum HistoryTemplate {
    static let text = ##"""
        <section aria-labelledby="history">
        <h2 id="history">History</h2>
        {{^hasRows}}<p class="nothing">{{#hasLedger}}Nothing was moved yet.{{/hasLedger}}\##
        {{^hasLedger}}The ledger has no entry yet.{{/hasLedger}}</p>{{/hasRows}}
        {{#hasRows}}
        <table class="history">
        <caption class="unseen">Entries of the ledger, newest first</caption>
        <thead><tr><th scope="col">When</th><th scope="col">What</th>\##
        <th scope="col">From → to</th><th scope="col">Who and why</th></tr></thead>
        <tbody>
        {{#rows}}<tr><td>{{#when}}{{>moment}}{{/when}} <span class="quiet">#{{number}}</span>\##
        </td><th scope="row">{{what}}</th><td class="mono">{{fromTo}}</td><td>{{who}}\##
        {{#remarks}}<p class="quiet">{{.}}</p>{{/remarks}}{{#backPath}}<p>\##
        <a class="act" href="{{backPath}}">Go back to this<span class="unseen"> (entry \##
        {{number}})</span></a></p>{{/backPath}}</td></tr>
        {{/rows}}
        </tbody>
        </table>
        {{#isCut}}<p class="quiet">Older entries: <code>pawl history</code></p>{{/isCut}}
        {{/hasRows}}
        </section>
        """##
}
