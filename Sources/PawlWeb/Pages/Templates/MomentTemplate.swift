/// How long ago, with the exact time beside it.
enum MomentTemplate {
    static let text = ##"""
        <time datetime="{{stamp}}" title="{{exact}}">{{ago}}</time>
        """##
}
