"""The pages in a real browser: what residents, counsellors and creditors see, and whether everybody can use it."""
