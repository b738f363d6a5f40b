"""May this flow happen? Flows, grants and the decision; pure, so that it can be read and proven on its own."""
