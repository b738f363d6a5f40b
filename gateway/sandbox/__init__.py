"""Simulated creditors for the demo: other people's systems, which know our words and nothing of our house."""
