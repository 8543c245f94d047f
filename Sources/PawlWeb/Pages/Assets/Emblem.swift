/// A tooth of a ratchet and the pawl behind it.
enum Emblem {
    static let text = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
        <rect width="32" height="32" rx="7" fill="#1f5f8b"/>
        <path fill="#fff" d="M5 26V16l6 5v-5l6 5v-5l6 5v-5l4 3.3V26Z"/>
        <path fill="none" stroke="#9fd3f5" stroke-width="3" stroke-linecap="round" \
        d="M25 7 18 15.5"/>
        <circle cx="25" cy="7" r="3" fill="#9fd3f5"/>
        </svg>

        """
}
