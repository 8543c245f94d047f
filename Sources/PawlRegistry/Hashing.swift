import Crypto
import PawlCore

extension PawlCore.Digest {
    /// The digest of bytes, computed here.
    static func of(_ bytes: [UInt8], by algorithm: Algorithm = .sha256) -> Self? {
        let hex =
            switch algorithm {
            case .sha256: hexadecimal(SHA256.hash(data: bytes))
            case .sha512: hexadecimal(SHA512.hash(data: bytes))
            }
        return try? Self("\(algorithm.rawValue):\(hex)")
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
