"""Text in English and Chinese: terms, times, cues, tokens. Pure functions."""
