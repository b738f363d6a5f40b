"""The only door to the database: tables, one query module per noun, migrations, the embedded server."""
