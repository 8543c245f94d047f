import PawlFuzz
import Testing
