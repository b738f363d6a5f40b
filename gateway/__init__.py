"""The creditor data-exchange gateway: asks, normalises, guards every term, and sends nothing without a yes."""
