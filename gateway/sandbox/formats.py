"""The formats a simulated creditor can answer in, by the slug of the mapping that reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gateway.sandbox import csv_format, json_formats, xml_formats
from gateway.sandbox.reply import Reply

JSON = "application/json"
XML = "application/xml"
CSV = "text/csv; charset=utf-8"
SOAP = "text/xml; charset=utf-8"

FORMATS: Mapping[str, tuple[str, Callable[[Reply], bytes]]] = {
    "fcid-like": (JSON, json_formats.fcid_like),
    "skp-like": (SOAP, xml_formats.skp_like),
    "bailiff-xml": (XML, xml_formats.bailiff_xml),
    "agency-json": (JSON, json_formats.agency_json),
    "ubl-statement": (XML, xml_formats.ubl_statement),
    "bare-list": (JSON, json_formats.bare_list),
    "gateway-json": (JSON, json_formats.gateway_json),
    "gateway-xml": (XML, xml_formats.gateway_xml),
    "skp-csv": (CSV, csv_format.skp_csv),
}
