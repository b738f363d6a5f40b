"""What the gateway does: one use case per file, each a story that owns its transactions."""
