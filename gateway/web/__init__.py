"""Pages for people: server-rendered, no JavaScript, entered by a link that holds for a day."""

from __future__ import annotations

from flask import Flask

from gateway.web import pages


def register_pages(app: Flask) -> None:
    """
    Add the pages to *app*, and say how an error looks to a person.

    gateway.api.problems picks the status of every error and asks this page for its body outside /v1.
    """
    app.register_blueprint(pages.blueprint)
    app.extensions["gateway.error_page"] = pages.error_page
