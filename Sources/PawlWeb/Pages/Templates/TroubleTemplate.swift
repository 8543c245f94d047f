/// What was asked for cannot be had.
enum TroubleTemplate {
    static let text = ##"""
        {{<layout}}{{$body}}{{#view}}
        <h1>{{heading}}</h1>
        <p>{{explanation}}</p>
        <p><a href="{{onwardPath}}">{{onward}}</a></p>
        {{/view}}{{/body}}{{/layout}}
        """##
}
