"""Pages for people: server-rendered, no JavaScript. A page link lets in for a day; a resident can sign in as well."""

from __future__ import annotations

from flask import Flask, Response, request

from gateway.web import checking, look, mijn, pages
from gateway.web.mijn import failing


def register_pages(app: Flask) -> None:
    """
    Add the pages to *app*, and say how an error looks to a person.

    gateway.api.problems picks the status of every error and asks this page for its body outside /v1.
    """
    app.register_blueprint(look.blueprint)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(mijn.blueprint)
    app.register_blueprint(checking.blueprint)
    app.extensions["gateway.error_page"] = _error_page


def _error_page(status: int) -> Response:
    path = f"{request.path}/"
    return failing.error_page(status) if path.startswith(("/mijn/", "/bewijs/")) else pages.error_page(status)
