"""What crosses the wire: the forms that come in, checked once with all faults listed, and the words that go out."""
