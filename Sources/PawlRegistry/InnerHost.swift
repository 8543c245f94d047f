/// Addresses that no registry's storage has, and that a request made on somebody else's word must
/// not reach: this machine, and the link-local services of clouds that hand out credentials.
enum InnerHost {
    /// Whether a host, as an address writes it, is such a one by its very text.
    static func isInner(_ host: String) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        if host.hasPrefix("[") { return isInnerIPv6(host.dropFirst().dropLast()) }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard let last = labels.last, last.first?.isNumber == true else { return false }
        let numbers = labels.compactMap { UInt8($0) }
        // `127.1`, `0x7f000001` and `2130706433` are addresses to a resolver, too.
        guard numbers.count == 4, labels.count == 4 else { return true }
        return numbers[0] == 127 || numbers[0] == 0 || numbers.starts(with: [169, 254])
            || numbers == [100, 100, 100, 200]
    }

    private static func isInnerIPv6(_ address: Substring) -> Bool {
        let address = address.lowercased()
        return address.hasPrefix("::") || address.hasPrefix("0:") || address.hasPrefix("fe8")
            || address.hasPrefix("fe9") || address.hasPrefix("fea") || address.hasPrefix("feb")
            || address.hasPrefix("fd00:ec2:")
    }
}
