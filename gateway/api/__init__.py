"""JSON for systems: each route says who may call it, parses, calls one service, and renders."""
