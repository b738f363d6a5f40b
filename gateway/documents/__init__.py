"""Files that leave the gateway for people and courts: the overview for a spreadsheet, the evidence file."""
