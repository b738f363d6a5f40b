"""The nouns and rules of the exchange, pure: money, days, terms, statements, settlements; no library, no clock."""
