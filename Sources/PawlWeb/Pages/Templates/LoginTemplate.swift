import PawlCore

/// Logging in.
enum LoginTemplate {
    static let text = ##"""
        {{<layout}}{{$body}}{{#view}}
        <h1>Log in</h1>
        <form class="card login" method="post" action="/login">
        {{#problem}}<p class="problem" role="alert" id="problem">{{problem}}</p>{{/problem}}
        <input type="hidden" name="to" value="{{backTo}}">
        <label for="name">Your name</label>
        <p class="quiet" id="name-hint">It stands in the ledger beside what you order.</p>
        <input id="name" name="name" value="{{name}}" required \##
        maxlength="\##(Limits.personCharactersMax)" \##
        autocomplete="username" aria-describedby="name-hint">
        <label for="secret">Admin token</label>
        <input id="secret" name="secret" type="password" required maxlength="1000" \##
        autocomplete="current-password"{{#problem}} aria-describedby="problem"{{/problem}}>
        <button>Log in</button>
        </form>
        {{/view}}{{/body}}{{/layout}}
        """##
}
