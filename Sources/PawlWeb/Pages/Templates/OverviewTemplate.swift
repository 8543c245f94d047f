/// All channels.
enum OverviewTemplate {
    static let text = ##"""
        {{<layout}}{{$body}}{{#view}}
        <h1>Channels</h1>
        <form class="filter" method="get" action="/" role="search">
        <label for="q">Repository or channel</label>
        <input id="q" name="q" type="search" value="{{query}}" maxlength="200" \##
        autocomplete="off" spellcheck="false">
        {{#state}}<input type="hidden" name="state" value="{{state}}">{{/state}}
        <button>Filter</button>
        </form>
        <div id="live" data-summary="{{summary}}">
        {{#complaints}}
        <section class="complaint" aria-label="Policy file">
        <p><strong>{{file}} was not taken over; what it said before stays in force.</strong></p>
        <p class="mono">{{complaint}}</p>
        </section>
        {{/complaints}}
        <ul class="counts" aria-label="By state">
        {{#counts}}<li><a href="{{countPath}}"{{#isChosen}} aria-current="true"{{/isChosen}}>\##
        {{#countBadge}}{{>badge}}{{/countBadge}}<span class="number">{{number}}</span>\##
        {{#isChosen}}<span class="unseen">, shown alone; show all</span>{{/isChosen}}</a></li>
        {{/counts}}
        </ul>
        {{#isEmpty}}<p class="nothing">There is no channel yet. Name a policy file with \##
        <code>pawl serve --config</code>.</p>{{/isEmpty}}
        {{#nothingFits}}<p class="nothing">No channel fits. <a href="/">Show all</a></p>\##
        {{/nothingFits}}
        <ul class="channels">
        {{#rows}}
        <li class="card">
        <div class="head"><h2><a href="{{channelPath}}"><span class="quiet">\##
        {{repositoryName}} / </span>{{channelName}}</a></h2>{{#badge}}{{>badge}}{{/badge}}</div>
        <p class="facts">{{place}}{{#since}} <span class="quiet">moved {{>moment}}</span>\##
        {{/since}}{{#lag}} <span class="lag">{{lag}}</span>{{/lag}}\##
        {{#isAtWork}} <span class="quiet">being looked at</span>{{/isAtWork}}</p>
        {{#why}}<p class="why">{{why}}</p>{{/why}}
        </li>
        {{/rows}}
        </ul>
        {{#shown}}<nav class="pages" aria-label="Pages">{{#previousPage}}\##
        <a href="{{previousPage}}" rel="prev">Previous</a>{{/previousPage}}<span>{{shown}}\##
        </span>{{#nextPage}}<a href="{{nextPage}}" rel="next">Next</a>{{/nextPage}}</nav>{{/shown}}
        </div>
        {{/view}}{{/body}}{{/layout}}
        """##
}
