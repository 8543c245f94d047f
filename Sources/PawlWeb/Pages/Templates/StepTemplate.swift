/// One commit of the strip with what each rule says of it.
enum StepTemplate {
    static let text = ##"""
        <li class="step{{#isLive}} live{{/isLive}}" id="c-{{short}}">
        <p class="line">{{#stepBadge}}{{>badge}}{{/stepBadge}} <code title="{{hex}}">{{short}}\##
        </code>{{#committed}} <span class="quiet">committed {{>moment}}</span>{{/committed}}\##
        {{#promotePath}} <a class="act" href="{{promotePath}}">Promote<span class="unseen"> \##
        {{short}}</span></a>{{/promotePath}}</p>
        {{#said}}<p class="why">{{said}}</p>{{/said}}
        {{#byOrder}}<p class="quiet">By order of {{byOrder}}</p>{{/byOrder}}
        {{#hasFindings}}
        <details id="d-{{short}}"{{#isOpen}} open{{/isOpen}}>\##
        <summary>What each rule says<span class="unseen"> of {{short}}</span></summary>
        <ul class="findings">
        {{#findings}}<li>{{#saidBadge}}{{>badge}}{{/saidBadge}}<div><p><span class="rule">\##
        {{rule}}</span> <b>{{subject}}</b></p><p>{{evidence}}\##
        {{#link}} <a href="{{link}}" rel="noreferrer noopener">See it</a>{{/link}}</p>\##
        {{#remedy}}<p class="advice"><span class="quiet">What to do:</span> {{remedy}}</p>\##
        {{/remedy}}</div></li>
        {{/findings}}
        </ul>
        </details>
        {{/hasFindings}}
        </li>
        """##
}
