import PawlCore

/// A registry of a known provider, told by its host: how people log in there, and what an account
/// needs.
enum RegistryKind: Hashable, Sendable {
    case gitHub, dockerHub, amazon, google, azure, quay, gitLab, other

    init(_ host: RegistryHost) {
        let name = host.name
        self =
            switch name {
            case "ghcr.io": .gitHub
            case "docker.io": .dockerHub
            case "quay.io": .quay
            case "registry.gitlab.com": .gitLab
            case "gcr.io": .google
            case _ where name.hasSuffix(".gcr.io") || name.hasSuffix("-docker.pkg.dev"): .google
            case _ where name.hasSuffix(".azurecr.io"): .azure
            case _ where Self.isAmazon(name): .amazon
            default: .other
            }
    }

    /// `123456789012.dkr.ecr.eu-west-1.amazonaws.com`.
    private static func isAmazon(_ name: String) -> Bool {
        let labels = name.split(separator: ".")
        return labels.count > 5 && labels[1] == "dkr" && labels[2].hasPrefix("ecr")
            && labels[4] == "amazonaws"
    }

    /// The command that leaves a credential where it is found.
    func login(to host: RegistryHost) -> String {
        switch self {
        case .dockerHub: "`docker login`"
        case .amazon:
            "`aws ecr get-login-password | docker login --username AWS --password-stdin \(host)`"
        case .google: "`gcloud auth configure-docker \(host)`"
        case .azure: "`az acr login --name \(host.name.prefix { $0 != "." })`"
        case .gitHub, .quay, .gitLab, .other: "`docker login \(host)`"
        }
    }

    /// What an account or token needs to pull; `nil` where that is not known.
    var rightToPull: String? {
        switch self {
        case .gitHub: "read:packages (in a job: the permission packages: read)"
        case .amazon: "ecr:BatchGetImage and ecr:GetDownloadUrlForLayer"
        case .google: "the role Artifact Registry Reader"
        case .azure: "the role AcrPull"
        case .quay: "the permission Read"
        case .gitLab: "read_registry"
        case .dockerHub, .other: nil
        }
    }

    /// What an account or token needs to move a tag; `nil` where that is not known.
    var rightToPush: String? {
        switch self {
        case .gitHub: "write:packages (in a job: the permission packages: write)"
        case .dockerHub: "the permission Read & Write"
        case .amazon: "ecr:PutImage"
        case .google: "the role Artifact Registry Writer"
        case .azure: "the role AcrPush"
        case .quay: "the permission Write"
        case .gitLab: "write_registry"
        case .other: nil
        }
    }
}
