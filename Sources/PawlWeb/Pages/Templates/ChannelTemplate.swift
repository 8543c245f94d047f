/// One channel in full.
enum ChannelTemplate {
    static let text = ##"""
        {{<layout}}{{$body}}{{#view}}
        <p class="crumbs"><a href="/">Channels</a> / {{repository}}</p>
        <div id="live" data-summary="{{summary}}">
        <div class="head"><h1>{{name}}</h1>{{#badge}}{{>badge}}{{/badge}}</div>
        <p class="quiet">Tag <code>{{tag}}</code> follows branch <code>{{branch}}</code>\##
        {{#looked}}; looked at {{>moment}}{{/looked}}{{#nextLook}}, again {{>moment}}\##
        {{/nextLook}}{{#isAtWork}}; being looked at{{/isAtWork}}.</p>
        <section class="card state" aria-label="Where it is">
        <p class="place">{{place}}{{#since}} <span class="quiet">moved {{>moment}}</span>\##
        {{/since}}</p>
        <p class="facts">{{#lag}}<span class="lag">{{lag}}</span> {{/lag}}<span class="quiet">\##
        {{agreement}}</span></p>
        {{#foremost}}<p class="why">{{sentence}}</p>
        <p class="advice"><span class="quiet">What to do:</span> {{advice}} <code class="code">\##
        {{code}}</code></p>{{/foremost}}
        {{#hasOthers}}
        <details id="others"><summary>What else there is to know</summary>
        <ul class="reasons">
        {{#others}}<li><p>{{sentence}}</p><p class="advice">\##
        <span class="quiet">What to do:</span> {{advice}} <code class="code">{{code}}</code></p>\##
        </li>
        {{/others}}
        </ul>
        </details>
        {{/hasOthers}}
        </section>
        <section aria-labelledby="commits">
        <h2 id="commits">Commits</h2>
        {{#hasSteps}}<p class="quiet">From the tip of <code>{{branch}}\##
        </code> back to what is live, newest first.</p>{{/hasSteps}}
        {{^hasSteps}}<p class="nothing">None were looked at yet.</p>{{/hasSteps}}
        <ol class="strip">
        {{#steps}}
        {{>step}}
        {{/steps}}
        </ol>
        </section>
        <section aria-labelledby="images">
        <h2 id="images">Images</h2>
        {{^hasImages}}<p class="nothing">None were looked at yet.</p>{{/hasImages}}
        {{#hasImages}}
        <table>
        <caption class="unseen">Images of the group with their digests</caption>
        <thead><tr><th scope="col">Image</th><th scope="col">State</th>\##
        <th scope="col">Commit</th><th scope="col">Digest</th></tr></thead>
        <tbody>
        {{#images}}<tr><th scope="row" class="mono">{{target}}</th><td>{{#imageBadge}}\##
        {{>badge}}{{/imageBadge}}</td><td class="mono">{{revision}}</td>\##
        <td class="mono digest">{{digest}}{{#planned}}\##
        <span class="planned">recorded: {{planned}}</span>{{/planned}}</td></tr>
        {{/images}}
        </tbody>
        </table>
        {{/hasImages}}
        </section>
        {{#hasLimits}}
        <section aria-labelledby="limits">
        <h2 id="limits">Limits</h2>
        <dl>{{#limits}}<div><dt>{{limitWord}}</dt><dd>{{limitText}}</dd></div>{{/limits}}</dl>
        </section>
        {{/hasLimits}}
        {{>history}}
        </div>
        {{>actions}}
        {{/view}}{{/body}}{{/layout}}
        """##
}
