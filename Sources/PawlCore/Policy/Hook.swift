/// Somebody who is told of every move of a channel, once for each, after the tags are there.
package enum Hook: Hashable, Sendable {
    /// A workflow started on the channel's branch.
    case dispatch(WorkflowName, inputs: [Input])
    /// A signed POST. The address may hold a secret in its path.
    case webhook(Secret, secret: Secret?)

    /// One input of a dispatched workflow.
    package struct Input: Hashable, Sendable {
        /// Its name.
        package let name: String
        /// Its value, with placeholders.
        package let template: String

        /// An input by name and value.
        package init(name: String, template: String) {
            self.name = name
            self.template = template
        }
    }

    /// What people and ledgers call it: kind and workflow, or kind and host.
    package var name: String {
        switch self {
        case .dispatch(let workflow, _): "dispatch \(workflow)"
        case .webhook(let address, _): "webhook \(Self.host(of: address.exposed))"
        }
    }

    /// The host and port alone: user, path and query may be secrets.
    private static func host(of address: String) -> String {
        let afterScheme = address.firstRange(of: "://").map { address[$0.upperBound...] }
        let authority = (afterScheme ?? address[...]).prefix { !"/?#".contains($0) }
        return String(authority.split(separator: "@").last ?? authority)
    }
}

extension Channel {
    /// The hooks under names that differ: the second of a name is `… #2`.
    package var namedHooks: [(name: String, hook: Hook)] {
        var named: [(name: String, hook: Hook)] = []
        for hook in hooks {
            let before = named.count { $0.hook.name == hook.name }
            named.append((before == 0 ? hook.name : "\(hook.name) #\(before + 1)", hook))
        }
        return named
    }
}
