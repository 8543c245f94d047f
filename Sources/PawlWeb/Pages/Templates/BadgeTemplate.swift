/// A state: a shape that says nothing to those who hear the page, and its word.
enum BadgeTemplate {
    static let text = ##"""
        <span class="badge {{tone}}"><svg class="icon" viewBox="0 0 16 16" aria-hidden="true" \##
        focusable="false"><path fill-rule="evenodd" d="{{iconPath}}"/></svg>{{word}}</span>
        """##
}
