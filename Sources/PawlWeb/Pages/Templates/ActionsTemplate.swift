/// What a person may order.
enum ActionsTemplate {
    static let text = ##"""
        <section aria-labelledby="orders" class="orders">
        <h2 id="orders">Orders</h2>
        {{^mayAct}}<p class="nothing">{{#mayLogIn}}\##
        <a href="/login?to={{path}}">Log in</a> to promote, roll back, hold or \##
        resume.{{/mayLogIn}}{{^mayLogIn}}Nobody can log in: the server was started without an \##
        admin token.{{/mayLogIn}}</p>{{/mayAct}}
        {{#mayAct}}
        <form method="post" action="{{path}}/look">\##
        <input type="hidden" name="token" value="{{formToken}}">\##
        <p>Look at the newest commits now. The rules decide.</p><button>Look now</button></form>
        {{#forms}}
        <details class="card order" id="{{formId}}"{{#isUnfolded}} open{{/isUnfolded}}>
        <summary>{{verb}}</summary>
        <form method="post" action="{{path}}/{{formId}}">
        <input type="hidden" name="token" value="{{formToken}}">
        <p>{{effect}}</p>
        {{#asksCommit}}<label for="{{formId}}-sha">{{commitLabel}}</label>
        <input id="{{formId}}-sha" class="mono" name="sha" value="{{commitValue}}" \##
        pattern="[0-9a-f]{7,40}" title="7 to 40 digits: 0 to 9, a to f" maxlength="40" \##
        autocomplete="off" autocapitalize="off" spellcheck="false"{{#needsCommit}} \##
        required{{/needsCommit}}>{{/asksCommit}}
        <label for="{{formId}}-reason">Why</label>
        <input id="{{formId}}-reason" name="reason" required maxlength="1000" autocomplete="off">
        <button{{#isGrave}} class="grave"{{/isGrave}}>{{verb}}</button>
        </form>
        </details>
        {{/forms}}
        {{/mayAct}}
        </section>
        """##
}
